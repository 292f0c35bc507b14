import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import { decodeTicket } from '../../../src/train/ticket/decode.js';
import type { Redrawn } from '../../../src/train/ticket/redrawn.js';
import { ticketSizes } from '../../../src/train/ticket/sizes.js';
import { encodeTicket, type Ticket } from '../../../src/train/ticket/ticket.js';

type Chosen = NonNullable<Redrawn['chosen']>;

/** Choices of each place with probability `rate`, as a run draws them. */
function choices(seed: number, places: number, rate: number): Chosen {
  return (layer, k) => {
    const { uniform } = stream(seed, 'choose', layer, k);
    return Uint8Array.from({ length: places }, () => (uniform() < rate ? 1 : 0));
  };
}

/**
 * A run in which every weight is pruned at randomization k with probability `pruned`(k), independently: who touched
 * each kept weight last, and what the answers to "was it touched?" are worth in bits.
 */
function run(seed: number, places: number, last: number, chosen: Chosen, pruned: (k: number) => number) {
  const { uniform } = stream(seed, 'run');
  const mask = Uint8Array.from({ length: places }, () => (uniform() < 0.5 ? 1 : 0));
  const touched = new Int32Array(places);
  let bits = places;
  for (let k = last; k >= 1; k--) {
    const here = chosen('fc1', k);
    for (let i = 0; i < places; i++) {
      if (mask[i] === 0 || here[i] === 0 || touched[i] !== 0) continue;
      const yes = uniform() < pruned(k);
      bits -= Math.log2(yes ? pruned(k) : 1 - pruned(k));
      if (yes) touched[i] = k;
    }
  }
  const ticket: Ticket = {
    header: { seed },
    layers: [
      { name: 'fc1', shape: [places / 10, 10], mask, lastTouched: touched.filter((_, i) => mask[i] === 1) },
    ],
    tensors: new Map(),
  };
  return { ticket, bits };
}

describe('a ticket coded by the choices', () => {
  test('comes back exactly, and only with the choices', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 20 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(0, 1, 3, 1000),
        (seed, tens, last, rate, pruned, levels) => {
          const chosen = choices(seed, 10 * tens, rate);
          const { ticket } = run(seed, 10 * tens, last, chosen, () => pruned);
          // Few levels make many equal scores, and quantiles that coincide.
          const noise = stream(seed, 'scores').uniform;
          const first = Float32Array.from({ length: 10 * tens }, () => Math.floor(levels * noise()));
          const redrawn = levels === 0 ? { chosen } : { chosen, scores: () => first };
          const bytes = encodeTicket(ticket, redrawn);
          const headers: unknown[] = [];
          const back = decodeTicket(bytes, 'x', (header) => {
            headers.push(header);
            return redrawn;
          });
          expect(back).toEqual(ticket);
          expect(headers).toEqual([{ seed }]);
          expect(() => decodeTicket(bytes, 'file.ticket')).toThrow(/file\.ticket: is coded by/);
        },
      ),
    );
  });

  test('takes what the answers are worth, well below the zero-order bound', () => {
    const places = 40_000;
    const chosen = choices(1, places, 0.1);
    // Fewer and fewer weights change sides as training goes on.
    const { ticket, bits } = run(1, places, 100, chosen, (k) => 0.5 - 0.45 * (k / 100));
    const file = encodeTicket(ticket, { chosen }).length;
    expect(file).toBeLessThan(1.01 * (bits / 8) + 120);
    const sizes = ticketSizes(ticket, file);
    expect(file).toBeLessThan(0.65 * sizes.bound);
  });

  test('known first scores take the mask to its entropy given them', () => {
    const places = 40_000;
    const { uniform } = stream(3, 'scores');
    const first = Float32Array.from({ length: places }, () => 2 * uniform() - 1);
    // Kept with a probability that rises along the scores: 0.02 at the lowest, 0.98 at the highest.
    const keep = (score: number) => 0.5 + 0.48 * Math.sin((Math.PI / 2) * score);
    const mask = Uint8Array.from(first, (score) => (uniform() < keep(score) ? 1 : 0));
    const bits = mask.reduce(
      (sum, bit, i) => sum - Math.log2(bit === 1 ? keep(first[i]!) : 1 - keep(first[i]!)),
      0,
    );
    const ticket: Ticket = {
      header: null,
      layers: [{ name: 'fc1', shape: [200, 200], mask, lastTouched: null }],
      tensors: new Map(),
    };
    const scores = () => first;
    const bytes = encodeTicket(ticket, { scores });
    expect(bytes.length).toBeLessThan(1.01 * (bits / 8) + 120);
    expect(bytes.length).toBeLessThan(0.8 * (places / 8));
    expect(decodeTicket(bytes, 'x', () => ({ scores }))).toEqual(ticket);
    expect(() => decodeTicket(bytes, 'x', () => ({}))).toThrow(InputError);
    expect(encodeTicket(ticket).length).toBeGreaterThan(places / 8);
  });

  test('a touch that was not chosen is an error', () => {
    const none: Chosen = () => new Uint8Array(20);
    const { ticket } = run(1, 20, 5, choices(1, 20, 1), () => 0.5);
    expect(() => encodeTicket(ticket, { chosen: none })).toThrow(InputError);
    expect(() => encodeTicket(ticket, { chosen: none })).toThrow(
      /'fc1': was touched by a randomization that did not choose it/,
    );
  });
});
