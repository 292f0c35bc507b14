import { createHash } from 'node:crypto';
import { InputError } from '../../core/errors.js';

/** The parts of a ticket's file, as they lie in it. */
export interface TicketParts {
  /** Deflated JSON: what the ticket says of itself. */
  readonly head: Uint8Array;
  /** Deflated tensors. */
  readonly floats: Uint8Array;
  /** Masks and last touches under one arithmetic code. */
  readonly code: Uint8Array;
}

const magic = Buffer.from('ITKT');
const version = 1;
const checkBytes = 8;
const fixedBytes = magic.length + 1 + 4 + 4;

/** The file: `ITKT`, the version, the lengths of head and floats, the parts, and a checksum over all before it. */
export function packTicket({ head, floats, code }: TicketParts): Uint8Array {
  const start = Buffer.alloc(fixedBytes);
  magic.copy(start);
  start.writeUInt8(version, 4);
  start.writeUInt32LE(head.length, 5);
  start.writeUInt32LE(floats.length, 9);
  const body = Buffer.concat([start, head, floats, code]);
  return Buffer.concat([body, checksum(body)]);
}

/**
 * The inverse of {@link packTicket}.
 *
 * @param name the file's name, for errors
 * @throws InputError if the bytes are no ticket, of another version, cut short or damaged
 */
export function unpackTicket(bytes: Uint8Array, name: string): TicketParts {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!file.subarray(0, magic.length).equals(magic))
    throw new InputError(name, 'is no ticket', 'pass a file of iterand export');
  if (file.length < fixedBytes + checkBytes) throw damaged(name, `is cut short at ${file.length} bytes`);
  if (file.readUInt8(4) !== version)
    throw new InputError(
      name,
      `has the ticket version ${file.readUInt8(4)}, not ${version}`,
      'use the iterand that wrote it',
    );
  const body = file.subarray(0, file.length - checkBytes);
  if (!checksum(body).equals(file.subarray(body.length)))
    throw damaged(name, 'is damaged: its checksum does not match');
  const headEnd = fixedBytes + file.readUInt32LE(5);
  const floatsEnd = headEnd + file.readUInt32LE(9);
  if (floatsEnd > body.length)
    throw damaged(name, `states parts of ${floatsEnd} bytes but has ${body.length}`);
  return {
    head: body.subarray(fixedBytes, headEnd),
    floats: body.subarray(headEnd, floatsEnd),
    code: body.subarray(floatsEnd),
  };
}

/** A ticket that is not what was written. */
export function damaged(name: string, why: string): InputError {
  return new InputError(name, why, 'copy the file again, or export it again from its run');
}

function checksum(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checkBytes);
}
