// Says how loading onnxruntime-node in a worker thread ended.
import { parentPort } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
const { onnxruntime } = await import('../../../../src/train/engines/onnx/library.ts');

try {
  onnxruntime();
  parentPort.postMessage('loaded');
} catch (error) {
  parentPort.postMessage(error.name);
}
