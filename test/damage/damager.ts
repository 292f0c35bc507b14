import type { Stream } from '../../src/core/rng.js';

/** JSON inside a file: how it is taken out and put back. */
export interface JsonPart {
  text(bytes: Uint8Array): string;
  replaced(bytes: Uint8Array, text: string): Uint8Array;
}

export const wholeFile: JsonPart = {
  text: (bytes) => Buffer.from(bytes).toString('utf8'),
  replaced: (_, text) => Buffer.from(text),
};

/** The header of a safetensors file; its length is set right, so that the JSON is what is damaged. */
export const safetensorsHeader: JsonPart = {
  text: (bytes) => Buffer.from(bytes.subarray(8, 8 + headerLength(bytes))).toString('utf8'),
  replaced(bytes, text) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
    return Buffer.concat([length, Buffer.from(text), bytes.subarray(8 + headerLength(bytes))]);
  },
};

const headerLength = (bytes: Uint8Array) => Number(Buffer.from(bytes.subarray(0, 8)).readBigUInt64LE());

export const DAMAGES = ['flip', 'cut', 'insertion', 'swap', 'json'] as const;
export type Damage = (typeof DAMAGES)[number];

/** A damaged copy: of the kind of damage that `turn` names in rotation, where and how drawn from `random`. */
export function damage(
  bytes: Uint8Array,
  json: JsonPart | undefined,
  turn: number,
  random: Stream,
): { kind: Damage; bytes: Uint8Array } {
  const kinds = DAMAGES.filter((kind) => kind !== 'json' || json !== undefined);
  const kind = kinds[turn % kinds.length]!;
  if (kind === 'json') return { kind, bytes: json!.replaced(bytes, damagedJson(json!.text(bytes), random)) };
  return { kind, bytes: BYTES[kind](bytes, below(random)) };
}

/** A whole number from 0 to n - 1. */
type Below = (n: number) => number;
const below =
  ({ uniform }: Stream): Below =>
  (n) =>
    Math.floor(n * uniform());

const BYTES: Readonly<Record<Exclude<Damage, 'json'>, (bytes: Uint8Array, below: Below) => Uint8Array>> = {
  /** One to three bits. */
  flip(bytes, below) {
    const copy = Uint8Array.from(bytes);
    for (let n = 1 + below(3); n > 0; n--) copy[below(copy.length)]! ^= 1 << below(8);
    return copy;
  },
  /** The end, the start, or a block between. */
  cut(bytes, below) {
    const from = below(3) === 0 ? 0 : below(bytes.length);
    const to = below(3) === 0 ? bytes.length : from + 1 + below(bytes.length - from);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  /** Noise, zeros, or a copy of a part of the file. */
  insertion(bytes, below) {
    const at = below(bytes.length + 1);
    const length = 1 + below(64);
    const from = below(bytes.length);
    const what = [
      () => Uint8Array.from({ length }, () => below(256)),
      () => new Uint8Array(length),
      () => bytes.subarray(from, from + length),
    ][below(3)]!();
    return Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);
  },
  /** Two blocks of one length change places. */
  swap(bytes, below) {
    const length = 1 + below(Math.min(64, bytes.length >> 1));
    const [a, b] = [below(bytes.length - length), below(bytes.length - length)];
    const copy = Uint8Array.from(bytes);
    copy.set(bytes.subarray(b, b + length), a);
    copy.set(bytes.subarray(a, a + length), b);
    return copy;
  },
};

type Node = { readonly holder: Record<string, unknown> | unknown[]; readonly key: string | number };

/** One value of a JSON text is of another type or another number, gone, or there twice. */
function damagedJson(text: string, random: Stream): string {
  const choose = below(random);
  const value: unknown = JSON.parse(text);
  const nodes = nodesOf(value);
  if (nodes.length === 0) return '0';
  const { holder, key } = nodes[choose(nodes.length)]!;
  const at = holder as Record<string | number, unknown>;
  const old = at[key];
  const way = choose(3);
  if (way === 0 && Array.isArray(holder)) holder.splice(key as number, 1);
  else if (way === 0) delete at[key];
  else if (way === 1 && !Array.isArray(holder))
    return twice(text, key as string, old, OTHERS[choose(OTHERS.length)]!(old));
  else at[key] = OTHERS[choose(OTHERS.length)]!(old);
  return JSON.stringify(value);
}

/** Other values in the place of one. */
const OTHERS: readonly ((old: unknown) => unknown)[] = [
  () => null,
  () => true,
  () => [],
  () => ({}),
  (old) => [old],
  (old) => String(old),
  (old) => (typeof old === 'string' ? Number(old) || 0 : 'x'),
  (old) => (typeof old === 'number' ? old + 1 : -1),
  (old) => (typeof old === 'number' ? -old : 1e300),
  (old) => (typeof old === 'number' ? old / 3 : 0.5),
  (old) => (typeof old === 'number' ? old * 1e6 : ''),
];

/** The key a second time, in the same object, before or after its own: written by hand, since no object has a key twice. */
function twice(text: string, key: string, old: unknown, other: unknown): string {
  const pair = `${JSON.stringify(key)}:${JSON.stringify(old)}`;
  const compact = JSON.stringify(JSON.parse(text));
  return compact.replace(pair, () => `${JSON.stringify(key)}:${JSON.stringify(other)},${pair}`);
}

function nodesOf(value: unknown): Node[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  const keys: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return keys.flatMap((key) => [{ holder, key }, ...nodesOf(holder[key as string])]);
}
