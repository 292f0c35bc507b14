import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as v from 'valibot';
import { InputError } from '../../core/errors.js';
import { parseJson } from '../../core/json.js';
import { sizeOf } from '../../core/shape.js';
import { parseStrict } from '../../runs/spec.js';
import { damaged } from './container.js';

/** No head comes near it: 1,000 classes and 101 layers take less than 100 kB. */
const MOST_HEAD_BYTES = 2 ** 24;
/** The most randomizations a number in a ticket may name. */
export const MOST_TOUCHES = 2 ** 24;

const shape = v.pipe(
  v.array(v.pipe(v.number(), v.safeInteger('must be a whole number'), v.minValue(0, 'must be at least 0'))),
  v.check((sizes) => Number.isSafeInteger(sizeOf(sizes)), 'has a product that is too large'),
);
const schema = v.strictObject({
  header: v.any(),
  /** Largest randomization number. */
  last: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_TOUCHES)),
  /** What the ticket is coded by. */
  by: v.strictObject({ choices: v.boolean(), scores: v.boolean() }),
  /** Name, shape, mask model, whether last touches follow. */
  layers: v.array(
    v.strictTuple([
      v.string(),
      shape,
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1024)),
      v.boolean(),
    ]),
  ),
  tensors: v.array(v.strictTuple([v.string(), shape])),
  /** Signs of the kept weights follow each layer. */
  signs: v.optional(v.literal(true)),
});

/** What a ticket's head says. */
export type Contents = v.InferOutput<typeof schema>;

export const packContents = (contents: Contents): Uint8Array =>
  deflate(Buffer.from(JSON.stringify(contents)));

/** @throws InputError that names the file */
export function unpackContents(head: Uint8Array, name: string): Contents {
  const text = inflate(head, MOST_HEAD_BYTES, `${name}: its head`);
  const contents = parseStrict(`${name}: its head`, schema, parseJson(text, `${name}: its head`));
  if (!contents.by.scores && contents.layers.some(([, , model]) => model !== 0))
    throw damaged(name, 'codes masks by scores that its head says it is not coded by');
  return contents;
}

export const deflate = (bytes: Uint8Array): Uint8Array => deflateRawSync(bytes, { level: 9 });

/** Inflates no further than `most` bytes: a few bytes can stand for a thousand times as many. @throws InputError */
export function inflate(bytes: Uint8Array, most: number, what: string): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.max(1, most) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const long = code === 'ERR_BUFFER_TOO_LARGE';
    throw new InputError(
      what,
      long ? `inflates to more than the ${most} bytes it may have` : `cannot be inflated (${message})`,
      'copy the file again, or export it again from its run',
    );
  }
}
