/**
 * Whether a WebGPU device starts here, by an attempt that throws where none does. Without one its tests skip and say so, unless
 * ITERAND_REQUIRE_WEBGPU is set.
 */
export async function hasWebgpu(engine: string, attempt: () => Promise<unknown>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    if (process.env.ITERAND_REQUIRE_WEBGPU) throw error;
    console.warn(`tests of ${engine} on webgpu skipped: ${(error as Error).message}`);
    return false;
  }
}
