import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { packTicket, type TicketParts, unpackTicket } from '../../../src/train/ticket/container.js';
import { type Contents, deflate, packContents, unpackContents } from '../../../src/train/ticket/contents.js';
import { readTicket, writeTicket } from '../../../src/train/ticket/run.js';
import { smallTicket } from '../../support/small-ticket.js';

const bytes = writeTicket(smallTicket());
const name = 'run.ticket';
const read = (given: Uint8Array) => readTicket(given, name);

test.each(['conv2', 'resnet18'])('a ticket of a run comes back: %s', (network) => {
  const ticket = smallTicket(network);
  expect(read(writeTicket(ticket)).ticket).toEqual(ticket);
});

describe('with a valid checksum, what is wrong inside is an InputError that names the file', () => {
  /** The ticket with parts of its file replaced, sealed anew. */
  const parts = (change: (parts: TicketParts) => Partial<TicketParts>): Uint8Array => {
    const all = unpackTicket(bytes, name);
    return packTicket({ ...all, ...change(all) });
  };
  /** The ticket with what its head says replaced. */
  const contents = (change: (contents: Contents) => object): Uint8Array =>
    parts(({ head }) => {
      const all = unpackContents(head, name);
      return { head: packContents({ ...all, ...change(all) } as Contents) };
    });
  const headText = (change: (text: string) => string): Uint8Array =>
    parts(({ head }) => ({
      head: deflate(Buffer.from(change(JSON.stringify(unpackContents(head, name))))),
    }));
  const header = (change: object) => contents((c) => ({ header: { ...c.header, ...change } }));
  const spec = (change: object) =>
    contents((c) => ({ header: { ...c.header, spec: { ...c.header.spec, ...change } } }));
  const refused = (given: Uint8Array, words: RegExp) => {
    expect(() => read(given)).toThrow(InputError);
    expect(() => read(given)).toThrow(words);
    expect(() => read(given)).toThrow(/^run\.ticket/);
  };

  test('the undamaged parts, sealed anew, are the ticket', () => {
    expect(Buffer.from(contents(() => ({})))).toEqual(Buffer.from(bytes));
  });

  test('its head', () => {
    refused(
      parts(() => ({ head: new Uint8Array() })),
      /its head: /,
    );
    refused(
      parts(({ head }) => ({ head: head.subarray(0, head.length >> 1) })),
      /its head: /,
    );
    refused(
      parts(() => ({ head: Uint8Array.of(1, 2, 3) })),
      /its head: cannot be inflated/,
    );
    refused(
      headText((text) => text.slice(1)),
      /its head: is no JSON/,
    );
    refused(
      headText((text) => text.replace('{', '{"last":0,')),
      /its head: holds the key 'last' twice/,
    );
    refused(
      headText(() => 'null'),
      /its head: /,
    );
    refused(
      contents(() => ({ last: '5' })),
      /its head: last/,
    );
    refused(
      contents(() => ({ last: 2 ** 24 })),
      /names randomization 16777216 of 5/,
    );
    refused(
      contents(() => ({ by: { choices: true } })),
      /by\.scores/,
    );
    refused(
      contents((c) => ({ by: { ...c.by, scores: false } })),
      /codes masks by scores that its head says/,
    );
    refused(
      contents(() => ({ more: 1 })),
      /'more'/,
    );
    refused(header({ seed: -1 }), /seed/);
    refused(header({ steps: 3 }), /names randomization 5 of 0/);
    refused(header({ data: null }), /data/);
    refused(spec({ width: 'wide' }), /width/);
    refused(
      spec({ method: 'sgd', sparsity: undefined, period: undefined, rate: undefined, score: undefined }),
      /SGD/,
    );
    refused(spec({ width: 0.1 }), /holds other layers than the network it describes: conv1/);
    refused(spec({ width: 1e5 }), /holds other layers/);
    refused(spec({ network: 'resnet18' }), /holds other layers/);
    refused(spec({ sparsity: 0.1 }), /keeps \d+ weights where sparsity 0.1 keeps/);
    const { data } = unpackContents(unpackTicket(bytes, name).head, name).header;
    refused(header({ data: { ...data, classes: ['one'] } }), /classes 1/);
    refused(header({ data: { ...data, channels: 2 } }), /channels 2/);
  });

  test('its shapes', () => {
    const first = (change: (layer: Contents['layers'][number]) => unknown[]) =>
      contents((c) => ({ layers: [change(c.layers[0]!), ...c.layers.slice(1)] }));
    refused(
      contents(() => ({ layers: [] })),
      /other layers .*: none/,
    );
    refused(
      first(([a, , c, d]) => [a, [2 ** 20, 2 ** 20], c, d]),
      /holds other layers/,
    );
    refused(
      first(([a, , c, d]) => [a, [2 ** 40, 2 ** 40], c, d]),
      /too large/,
    );
    refused(
      first(([a, , c, d]) => [a, [-3, -3], c, d]),
      /at least 0/,
    );
    refused(
      first(([a, , c, d]) => [a, [1.5], c, d]),
      /whole number/,
    );
    refused(
      first(([a, b, c]) => [a, b, c, false]),
      /lacks last touches/,
    );
    refused(
      contents(() => ({ tensors: [['conv1.mean', [4]]] })),
      /holds other tensors/,
    );
  });

  test('its code: cut, longer, or another', () => {
    refused(
      parts(({ code }) => ({ code: code.subarray(0, code.length >> 1) })),
      /its code is not|keeps \d+/,
    );
    refused(
      parts(({ code }) => ({ code: Buffer.concat([code, Uint8Array.of(1)]) })),
      /its code is not/,
    );
    refused(
      parts(({ code }) => ({ code: Buffer.concat([code, Uint8Array.of(0)]) })),
      /its code is not/,
    );
    refused(
      parts(() => ({ code: new Uint8Array() })),
      /its code is not|keeps \d+/,
    );
  });

  test('a few bytes that stand for many are not inflated beyond what the network has', () => {
    const bomb = deflateRawSync(Buffer.alloc(2 ** 27), { level: 9 });
    expect(bomb.length).toBeLessThan(2 ** 18);
    const before = process.resourceUsage().maxRSS;
    refused(
      parts(() => ({ floats: bomb })),
      /its tensors: inflates to more than the 0 bytes/,
    );
    refused(
      parts(() => ({ head: bomb })),
      /its head: inflates to more than/,
    );
    // In kilobytes: neither bomb's 128 MB was ever there.
    expect(process.resourceUsage().maxRSS - before).toBeLessThan(100_000);
  });
});
