import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError } from '../../core/errors.js';
import type { Progress } from '../../core/progress.js';

/** A file on the web and what it must be. */
export interface RemoteFile {
  readonly url: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export interface DownloadOptions {
  /** Called with bytes had and bytes in all. */
  readonly progress?: Progress;
  /** A connection that sends nothing for this long, in milliseconds, is given up and tried anew. */
  readonly patience?: number;
}

/** Connections that may fail one after another without bringing a byte. */
const fruitless = 3;

/**
 * Downloads a file to `path`. What arrives is kept in `path`.part, so that a broken download goes on where it
 * stopped, now or in a later call; `path` appears when size and SHA-256 are right.
 *
 * @throws InputError if the address cannot be reached, or sends another file
 */
export async function download(
  remote: RemoteFile,
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  const part = `${path}.part`;
  mkdirSync(dirname(path), { recursive: true });
  const had = () => (existsSync(part) ? statSync(part).size : 0);
  if (had() > remote.size) rmSync(part);
  for (let failures = 0; had() < remote.size; ) {
    const before = had();
    try {
      await fetchRest(remote, part, before, options);
    } catch (error) {
      if (error instanceof InputError) throw error;
      if (had() <= before && ++failures === fruitless)
        throw new InputError(
          remote.url,
          `cannot be downloaded (${reason(error)}); ${had()} of ${remote.size} bytes are kept in ${part}`,
          'run the command again to go on, or fetch the file elsewhere and pass it with --from',
        );
    }
  }
  const hash = await sha256(part);
  if (had() !== remote.size || hash !== remote.sha256) {
    rmSync(part, { force: true });
    throw new InputError(
      remote.url,
      `sent a file with SHA-256 ${hash}, not ${remote.sha256}`,
      'run the command again, or fetch the file elsewhere and pass it with --from',
    );
  }
  renameSync(part, path);
}

async function fetchRest(
  { url, size }: RemoteFile,
  part: string,
  from: number,
  { progress, patience = 30_000 }: DownloadOptions,
): Promise<void> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new Error(`nothing came for ${patience / 1000} s`)), patience);
  };
  alive();
  const file = await open(part, from === 0 ? 'w' : 'a');
  try {
    const headers: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-` };
    const response = await fetch(url, { headers, signal: controller.signal });
    const body = requireBody(url, response);
    // A server that does not know ranges, or whose file changed, sends the whole file: start anew.
    let at = from;
    if (response.status !== 206 || !response.headers.get('content-range')?.startsWith(`bytes ${from}-`)) {
      if (response.status === 206) throw new Error('the server sent another range than asked for');
      await file.truncate(0);
      at = 0;
    }
    for await (const chunk of body) {
      alive();
      at += chunk.length;
      if (at > size) {
        await file.truncate(0);
        throw new InputError(
          url,
          `sends more than ${size} bytes`,
          'fetch the file elsewhere, pass it with --from',
        );
      }
      await file.write(chunk);
      progress?.(at, size);
    }
    if (at < size) throw new Error(`the connection ended at ${at} of ${size} bytes`);
  } finally {
    clearTimeout(timer);
    await file.close();
  }
}

function requireBody(url: string, response: Response): ReadableStream<Uint8Array> {
  if (response.status === 404 || response.status === 403 || response.status === 410)
    throw new InputError(
      url,
      `answers ${response.status}`,
      'fetch the file elsewhere and pass it with --from',
    );
  if (!response.ok || response.body === null) throw new Error(`the server answers ${response.status}`);
  return response.body;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The cause that fetch hides behind 'fetch failed'. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}
