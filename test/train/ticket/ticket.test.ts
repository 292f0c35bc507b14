import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import { decodeTicket } from '../../../src/train/ticket/decode.js';
import { entropy, ticketSizes } from '../../../src/train/ticket/sizes.js';
import { encodeTicket, type Ticket, type TicketLayer } from '../../../src/train/ticket/ticket.js';

const shape = fc.oneof(
  fc.tuple(
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 1, max: 6 }),
    fc.constantFrom(1, 3),
    fc.constantFrom(1, 3),
  ),
  fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })),
);
const layer: fc.Arbitrary<TicketLayer> = fc
  .tuple(fc.string({ maxLength: 8 }), shape, fc.boolean(), fc.integer({ min: 0, max: 300 }))
  .chain(([name, dims, touched, most]) => {
    const n = (dims as number[]).reduce((a, b) => a * b, 1);
    return fc
      .record({
        bits: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: n, maxLength: n }),
        touches: fc.array(fc.integer({ min: 0, max: most }), { minLength: n, maxLength: n }),
      })
      .map(({ bits, touches }) => {
        const kept = bits.reduce((a, b) => a + b, 0);
        const lastTouched = touched ? Int32Array.from(touches.slice(0, kept)) : null;
        return { name, shape: dims, mask: Uint8Array.from(bits), lastTouched };
      });
  });
const tensor = fc
  .array(fc.float(), { maxLength: 20 })
  .map((values) => ({ shape: [values.length], data: Float32Array.from(values) }));
const ticket: fc.Arbitrary<Ticket> = fc.record({
  header: fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value))),
  layers: fc.array(layer, { maxLength: 5 }),
  tensors: fc
    .array(fc.tuple(fc.string({ minLength: 1, maxLength: 8 }), tensor), { maxLength: 4 })
    .map((t) => new Map(t)),
});

/** A layer as IteRand might leave it: half kept by chance, last touched rarely long ago. */
function layerLike(name: string, dims: readonly number[], randomizations: number): TicketLayer {
  const { uniform } = stream(1, 'ticket', name);
  const n = dims.reduce((a, b) => a * b, 1);
  const mask = Uint8Array.from({ length: n }, () => (uniform() < 0.5 ? 1 : 0));
  const kept = mask.reduce((a, b) => a + b, 0);
  const lastTouched = Int32Array.from({ length: kept }, () =>
    uniform() < 0.3 ? 0 : 1 + Math.floor(randomizations * uniform() ** 0.5),
  );
  return { name, shape: dims, mask, lastTouched: randomizations === 0 ? null : lastTouched };
}

/** The layers of Conv6 at width 0.25. */
const conv6 = [
  [16, 3, 3, 3],
  [16, 16, 3, 3],
  [32, 16, 3, 3],
  [32, 32, 3, 3],
  [64, 32, 3, 3],
  [64, 64, 3, 3],
  [64, 1024],
  [64, 64],
  [10, 64],
];
const network = (randomizations: number): Ticket => ({
  header: { network: 'conv6', width: 0.25, seed: 1 },
  layers: conv6.map((dims, i) => layerLike(`layer${i}`, dims, randomizations)),
  tensors: new Map(),
});

describe('a ticket', () => {
  test('comes back exactly', () => {
    fc.assert(
      fc.property(ticket, (one) => {
        const back = decodeTicket(encodeTicket(one), 'x');
        expect(back).toEqual(one);
        for (const [name, { data }] of one.tensors)
          expect(Buffer.from(back.tensors.get(name)!.data.buffer)).toEqual(Buffer.from(data.slice().buffer));
      }),
    );
    const one = network(117);
    expect(decodeTicket(encodeTicket(one), 'x')).toEqual(one);
  });

  test.each([
    ['edge-popup', 0],
    ['IteRand, 117 randomizations', 117],
    ['IteRand, 1050 randomizations', 1050],
  ])('%s: within three hundredths of the entropy bound, header included', (_, randomizations) => {
    const one = network(randomizations);
    const sizes = ticketSizes(one, encodeTicket(one).length);
    expect(sizes.file).toBeLessThan(1.03 * sizes.bound);
    expect(sizes.file).toBeGreaterThan(0.97 * sizes.bound);
  });

  test('any damaged byte is seen', () => {
    const bytes = encodeTicket(network(5));
    const { uniform } = stream(2, 'damage');
    for (let i = 0; i < 40; i++) {
      const copy = bytes.slice();
      const at = Math.floor(uniform() * copy.length);
      copy[at] = copy[at]! ^ (1 + Math.floor(uniform() * 255));
      expect(() => decodeTicket(copy, 'file.ticket')).toThrow(InputError);
    }
    expect(() => decodeTicket(bytes.subarray(0, bytes.length - 1), 'file.ticket')).toThrow(
      /file\.ticket: is damaged/,
    );
    expect(() => decodeTicket(bytes.subarray(0, 9), 'file.ticket')).toThrow(/cut short/);
    expect(() => decodeTicket(new Uint8Array(), 'file.ticket')).toThrow(/is no ticket/);
  });

  test.each([
    [{ mask: new Uint8Array(5) }, /5 entries, its shape \[2,3\] 6/],
    [{ mask: Uint8Array.of(0, 1, 2, 0, 0, 0) }, /other than 0 and 1/],
    [{ lastTouched: Int32Array.of(1) }, /1 last touches for 2 kept/],
    [{ lastTouched: Int32Array.of(1, -1) }, /not in 0 \.\.\. 2\^24/],
  ])('a layer that does not fit is named', (change, message) => {
    const fitting = {
      name: 'fc1',
      shape: [2, 3],
      mask: Uint8Array.of(1, 0, 0, 1, 0, 0),
      lastTouched: Int32Array.of(0, 3),
    };
    const make = (one: TicketLayer) => encodeTicket({ header: null, layers: [one], tensors: new Map() });
    expect(make(fitting).length).toBeGreaterThan(0);
    expect(() => make({ ...fitting, ...change })).toThrow(message);
  });
});

test('entropy is that of the shares', () => {
  const mask = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0);
  const one = { name: '', shape: [2, 4], mask, lastTouched: Int32Array.of(0, 1, 2, 3) };
  // 8 bits for a fair mask, 4 * 2 for four equally frequent numbers.
  expect(entropy(one)).toBe(16);
  expect(entropy({ ...one, lastTouched: null })).toBe(8);
});
