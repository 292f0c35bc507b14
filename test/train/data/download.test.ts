import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/errors.js';
import { stream } from '../../../src/core/rng.js';
import { download } from '../../../src/train/data/download.js';
import { temporaryFolder } from './temporary.js';

const root = temporaryFolder();
const { uint32 } = stream(1, 'file');
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, () => uint32() & 255));
const sha256 = createHash('sha256').update(content).digest('hex');

let close = () => {};
afterEach(() => close());

/** A server on loopback; `serve` answers each request, whose Range headers are kept. */
async function server(serve: (start: number, response: ServerResponse, request: number) => void) {
  const ranges: (string | undefined)[] = [];
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    ranges.push(request.headers.range);
    serve(Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0), response, ranges.length);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  close = () => {
    http.closeAllConnections();
    http.close();
  };
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/file`, ranges };
}

function answer(response: ServerResponse, start: number, end = content.length): void {
  const headers: Record<string, string | number> = { 'content-length': content.length - start };
  if (start > 0) headers['content-range'] = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(start > 0 ? 206 : 200, headers);
  response.write(content.subarray(start, end), () => {
    if (end < content.length) response.destroy();
    else response.end();
  });
}

let count = 0;
const fresh = () => join(root, `file${count++}`);

describe('download', () => {
  test('fetches a file, with progress to its end', async () => {
    const { url, ranges } = await server((start, response) => answer(response, start));
    const path = fresh();
    let last = 0;
    await download({ url, size: content.length, sha256 }, path, {
      progress: (done, total) => {
        expect(done).toBeGreaterThanOrEqual(last);
        expect(total).toBe(content.length);
        last = done;
      },
    });
    expect(last).toBe(content.length);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(existsSync(`${path}.part`)).toBe(false);
    expect(ranges).toEqual([undefined]);
  });

  test('goes on where a connection broke, within a call and in the next', async () => {
    const { url, ranges } = await server((start, response, n) =>
      answer(response, start, n < 3 ? start + 100_000 : undefined),
    );
    const path = fresh();
    writeFileSync(`${path}.part`, content.subarray(0, 50_000));
    await download({ url, size: content.length, sha256 }, path);
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(ranges[0]).toBe('bytes=50000-');
    expect(ranges.length).toBe(3);
    expect(Number(/\d+/.exec(ranges[2]!)![0])).toBeGreaterThan(50_000);
  });

  test('starts anew where the server knows no ranges', async () => {
    const { url } = await server((_, response) => answer(response, 0));
    const path = fresh();
    writeFileSync(`${path}.part`, 'something else');
    await download({ url, size: content.length, sha256 }, path);
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('a silent connection is given up and tried anew', async () => {
    const { url } = await server((start, response, n) => {
      if (n > 1) return answer(response, start);
      response.writeHead(200, { 'content-length': content.length });
      response.write(content.subarray(0, 1000));
    });
    const path = fresh();
    await download({ url, size: content.length, sha256 }, path, { patience: 200 });
    expect(readFileSync(path).equals(content)).toBe(true);
  });

  test('a wrong file is refused and nothing of it kept', async () => {
    const wrong = Buffer.from(content);
    wrong[5] = wrong[5]! ^ 1;
    const { url } = await server((_, response) => response.end(wrong));
    const path = fresh();
    await expect(download({ url, size: content.length, sha256 }, path)).rejects.toThrow(/SHA-256 .* not/);
    expect(existsSync(path) || existsSync(`${path}.part`)).toBe(false);
  });

  test('a longer file is refused', async () => {
    const { url } = await server((_, response) => response.end(Buffer.concat([content, content])));
    await expect(download({ url, size: content.length, sha256 }, fresh())).rejects.toThrow(
      /more than 300000/,
    );
  });

  test.each([404, 403])('status %i is named at once', async (status) => {
    const { url, ranges } = await server((_, response) => response.writeHead(status).end());
    await expect(download({ url, size: content.length, sha256 }, fresh())).rejects.toThrow(
      `answers ${status}`,
    );
    expect(ranges.length).toBe(1);
  });

  test('an address nobody listens on is named with what is kept', async () => {
    const { url } = await server(() => {});
    close();
    const path = fresh();
    writeFileSync(`${path}.part`, content.subarray(0, 1234));
    const error = await download({ url, size: content.length, sha256 }, path).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/ECONNREFUSED.*1234 of 300000 bytes are kept/);
    expect(readFileSync(`${path}.part`).length).toBe(1234);
  });
});
