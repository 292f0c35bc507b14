import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import type { Chosen } from '../../../src/train/ticket/choices.js';
import { ticketSizes } from '../../../src/train/ticket/sizes.js';
import { decodeTicket, encodeTicket, type Ticket } from '../../../src/train/ticket/ticket.js';

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
        (seed, tens, last, rate, pruned) => {
          const chosen = choices(seed, 10 * tens, rate);
          const { ticket } = run(seed, 10 * tens, last, chosen, () => pruned);
          const bytes = encodeTicket(ticket, chosen);
          const headers: unknown[] = [];
          const back = decodeTicket(bytes, 'x', (header) => {
            headers.push(header);
            return chosen;
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
    const file = encodeTicket(ticket, chosen).length;
    expect(file).toBeLessThan(1.01 * (bits / 8) + 120);
    const sizes = ticketSizes(ticket, file);
    expect(file).toBeLessThan(0.65 * sizes.bound);
  });

  test('a touch that was not chosen is an error', () => {
    const none: Chosen = () => new Uint8Array(20);
    const { ticket } = run(1, 20, 5, choices(1, 20, 1), () => 0.5);
    expect(() => encodeTicket(ticket, none)).toThrow(InputError);
    expect(() => encodeTicket(ticket, none)).toThrow(
      /'fc1': was touched by a randomization that did not choose it/,
    );
  });
});
