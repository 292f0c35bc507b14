import { createHash } from 'node:crypto';
import { InputError } from '../../../core/errors.js';
import { sharedBytes } from '../dataset.js';
import { binaryFiles, cifarClasses, imageBytes, recordBytes, trainFiles } from './format.js';

/** A binary file's bytes and the name it has in errors. */
export interface BinaryFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The images of the six files. */
export interface CifarRecords {
  /** [image, 3, 32, 32], shared. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  /** SHA-256 of each file. */
  readonly hashes: readonly string[];
}

/**
 * Takes the six files (training files, then the test file) apart.
 *
 * @param fix what an error proposes
 * @throws InputError if a file has a wrong length or label, or the classes are not equally many
 */
export function readRecords(files: readonly BinaryFile[], recordsPerFile: number, fix: string): CifarRecords {
  const damaged = (path: string, why: string) => new InputError(path, why, fix);
  const total = binaryFiles.length * recordsPerFile;
  const pixels = sharedBytes(total * imageBytes);
  const labels = new Int32Array(total);
  const length = recordsPerFile * recordBytes;
  files.forEach(({ path, bytes }, f) => {
    if (bytes.length !== length)
      throw damaged(
        path,
        `has ${bytes.length} bytes, not ${length} (${recordsPerFile} records of ${recordBytes})`,
      );
    for (let r = 0; r < recordsPerFile; r++) {
      const at = r * recordBytes;
      const label = bytes[at]!;
      if (label >= cifarClasses.length)
        throw damaged(path, `record ${r} has the label ${label}, not 0 to ${cifarClasses.length - 1}`);
      const image = f * recordsPerFile + r;
      labels[image] = label;
      pixels.set(bytes.subarray(at + 1, at + recordBytes), image * imageBytes);
    }
  });
  const trainCount = trainFiles.length * recordsPerFile;
  for (const [part, where] of [
    [labels.subarray(0, trainCount), `${files[0]!.path} and the other training files`],
    [labels.subarray(trainCount), files.at(-1)!.path],
  ] as const)
    cifarClasses.forEach((name, label) => {
      const count = part.reduce((sum, l) => sum + (l === label ? 1 : 0), 0);
      const each = part.length / cifarClasses.length;
      if (count !== each) throw damaged(where, `hold ${count} images of class '${name}', not ${each}`);
    });
  const hashes = files.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
  return { pixels, labels, hashes };
}
