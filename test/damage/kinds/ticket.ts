import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packTicket, unpackTicket } from '../../../src/train/ticket/container.js';
import { deflate, inflate } from '../../../src/train/ticket/contents.js';
import { readTicket, writeTicket } from '../../../src/train/ticket/run.js';
import type { Ticket } from '../../../src/train/ticket/ticket.js';
import { smallTicket } from '../../support/small-ticket.js';
import { wholeFile } from '../damager.js';
import { type Kind, kind } from './kind.js';

export function ticketKinds(folder: string): Kind[] {
  const path = join(folder, 'run.ticket');
  const bytes = writeTicket(smallTicket());
  const read = (file: string) => readTicket(readFileSync(file), file).ticket;
  const parts = unpackTicket(bytes, path);
  const head = inflate(parts.head, 2 ** 20, path);
  const sealed = (code: Uint8Array) => packTicket({ ...parts, code });
  return [
    kind('ticket', path, bytes, { read }),
    // A checksum holds against chance alone: these are damaged before it is made.
    kind("ticket's head, sealed anew", join(folder, 'head.ticket'), head, {
      json: wholeFile,
      file: (changed) => packTicket({ ...parts, head: deflate(changed) }),
      read,
      now: (changed) => ({
        ...smallTicket(),
        header: JSON.parse(Buffer.from(changed).toString('utf8')).header,
      }),
    }),
    kind("ticket's code, sealed anew", join(folder, 'code.ticket'), parts.code, {
      file: sealed,
      read,
      // A code without redundancy: what it gives, coded again, must be that code to the byte.
      now: (changed, found) =>
        Buffer.from(writeTicket(found as Ticket)).equals(Buffer.from(sealed(changed)))
          ? found
          : 'another code',
    }),
  ];
}
