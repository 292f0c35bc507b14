import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** A file of the bundle that start.mjs unpacks. */
export interface PackedFile {
  /** Below the bundle's folder. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly mode: number;
  /** Of its compressed bytes, in order, and the archive that each lies in. */
  readonly pieces: readonly { readonly file: string; readonly archive: string }[];
}

/** Compresses files, so that archives of them stay below a size. */
export class Packer {
  readonly #files: PackedFile[] = [];
  readonly #archives: { readonly name: string; bytes: number; readonly pieces: string[] }[] = [];

  /**
   * @param home the bundle's folder, which gets the pieces
   * @param archive of the archives' names: NAME, then NAME-2, ...
   * @param quality Brotli's, 0 to 11
   * @param most compressed bytes in an archive
   * @param first bytes that the first archive holds besides
   */
  constructor(
    readonly home: string,
    readonly archive: string,
    readonly quality: number,
    readonly most: number,
    first = 0,
  ) {
    this.#archives.push({ name: archive, bytes: first, pieces: [] });
  }

  /** Archives in use, and the pieces that each holds. */
  get archives(): readonly { readonly name: string; readonly pieces: readonly string[] }[] {
    return this.#archives;
  }

  /** Packs a file under a path of the bundle. */
  add(path: string, from: string): void {
    this.addBytes(path, readFileSync(from), statSync(from).mode & 0o777);
  }

  addBytes(path: string, data: Uint8Array, mode = 0o644): void {
    const packed = brotliCompressSync(data, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: this.quality,
        // The whole file: CUDA's code for one chip is much like that for another, tens of MB on.
        [constants.BROTLI_PARAM_LARGE_WINDOW]: 1,
        [constants.BROTLI_PARAM_LGWIN]: Math.min(28, Math.max(16, Math.ceil(Math.log2(data.length + 1)))),
        [constants.BROTLI_PARAM_SIZE_HINT]: data.length,
      },
    });
    const pieces: PackedFile['pieces'][number][] = [];
    for (let at = 0; at < packed.length; ) {
      let last = this.#archives.at(-1)!;
      if (last.bytes >= this.most) {
        last = { name: `${this.archive}-${this.#archives.length + 1}`, bytes: 0, pieces: [] };
        this.#archives.push(last);
      }
      const end = Math.min(packed.length, at + this.most - last.bytes);
      const file = `packed/${this.archive}/${path}.${pieces.length + 1}`;
      mkdirSync(dirname(join(this.home, file)), { recursive: true });
      writeFileSync(join(this.home, file), packed.subarray(at, end));
      last.bytes += end - at;
      last.pieces.push(file);
      pieces.push({ file, archive: last.name });
      at = end;
    }
    const sha256 = createHash('sha256').update(data).digest('hex');
    this.#files.push({ path, bytes: data.length, sha256, mode, pieces });
  }

  /** Writes the list that start.mjs reads. @returns its name */
  writeList(name: string): string {
    const file = `packed-${name}.json`;
    writeFileSync(join(this.home, file), `${JSON.stringify({ files: this.#files }, undefined, 1)}\n`);
    return file;
  }
}
