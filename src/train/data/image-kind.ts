/** How the bytes of each kind of image that is read begin: what PIL opens of what folders of images hold. Letters stand for themselves, '.' for any byte. */
const READ: Readonly<Record<string, readonly string[]>> = {
  JPEG: ['\xff\xd8\xff'],
  PNG: ['\x89PNG\r\n\x1a\n'],
  WebP: ['RIFF....WEBP'],
  GIF: ['GIF87a', 'GIF89a'],
  TIFF: ['II*\0', 'MM\0*', 'II+\0', 'MM\0+'],
  AVIF: ['....ftypavif', '....ftypavis'],
};

/** Of what else is met under an image's name. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  'an SVG drawing': ['<svg', '<?xml', '<!DOCTYPE svg'],
  'a BMP image': ['BM'],
  'a PNM image': ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'],
  'a PDF document': ['%PDF'],
  'a web page': ['<!DOCTYPE html', '<!doctype html', '<html'],
  'a gzip archive': ['\x1f\x8b'],
};

/**
 * Refuses what is no image of a kind that is read, told by its content: the decoder itself would also render drawings.
 *
 * @throws Error that says what it is instead, as far as that is known
 */
export function requireImage(bytes: Uint8Array): void {
  if (find(READ, bytes) !== undefined) return;
  const kinds = Object.keys(READ).join(', ');
  if (bytes.length === 0) throw new Error(`the file is empty, not one of ${kinds}`);
  throw new Error(`it is ${find(OTHERS, bytes) ?? 'of an unknown kind'}, not one of ${kinds}`);
}

function find(kinds: Readonly<Record<string, readonly string[]>>, bytes: Uint8Array): string | undefined {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 32)).toString('latin1');
  const begins = (pattern: string) => [...pattern].every((c, i) => c === '.' || c === start[i]);
  return Object.keys(kinds).find((kind) =>
    kinds[kind]!.some((pattern) => start.length >= pattern.length && begins(pattern)),
  );
}
