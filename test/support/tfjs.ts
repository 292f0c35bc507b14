import type { Backend } from '../../src/train/engines/tfjs/backends.js';
import { loadTf } from '../../src/train/engines/tfjs/library.js';

/** Whether a backend's packages are there. They are optional: without them its tests skip and say so, unless ITERAND_REQUIRE_TFJS is set. */
export async function hasTfjs(backend: Backend): Promise<boolean> {
  try {
    await loadTf(backend);
    return true;
  } catch (error) {
    if (process.env.ITERAND_REQUIRE_TFJS) throw error;
    console.warn(`tests of tfjs ${backend} skipped: ${(error as Error).message}`);
    return false;
  }
}
