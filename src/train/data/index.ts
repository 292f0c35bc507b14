export type { Batch, Batches, EvaluateOptions, Position, TrainOptions } from './batches.js';
export type { Dataset, PixelScale, RawImage, Source, Split, Transform } from './dataset.js';
export type { Unreadable } from './decode.js';
export { datasetNames, defaultDataFolder, type OpenOptions, openDataset } from './open.js';
export { openPipeline, type Pipeline, type PipelineOptions } from './pipeline.js';
export { type PixelImages, pixelDataset } from './pixels.js';
