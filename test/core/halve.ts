import { InputError } from '../../src/core/errors.js';

/** A worker of the tests of mapParts. */
export default function halve(x: number): number {
  if (x === 0) throw new RangeError('nothing to halve');
  if (x % 2 === 1) throw new InputError(`number ${x}`, 'must be even', `pass ${x + 1}`);
  return x / 2;
}
