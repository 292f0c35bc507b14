export type { Dataset, RawImage, Source, Split, Transform } from './dataset.js';
export type { Unreadable } from './decode.js';
export { openDataset } from './open.js';
export {
  type Batch,
  type EvaluateOptions,
  openPipeline,
  type Pipeline,
  type PipelineOptions,
  type Position,
  type TrainOptions,
} from './pipeline.js';
