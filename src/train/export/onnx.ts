import proto from 'onnx-proto';
import type { BatchNormLayer, Layer, NetworkDescription } from '../networks/description.js';
import { INPUT } from '../networks/description.js';
import type { InferenceTensor } from './inference.js';

const { onnx } = proto;
const FLOAT = onnx.TensorProto.DataType.FLOAT;
const { INT, INTS, FLOAT: FLOAT_ATTRIBUTE } = onnx.AttributeProto.AttributeType;

/** Name of an exported model's input, [batch, channels, height, width] normalised images, and of its output, [batch, classes]. */
export const IMAGES = 'images';
export const LOGITS = 'logits';

/**
 * A network as an ONNX model for inference: standard operators (opset 17), one node a layer, any batch size.
 *
 * @param tensors what `inferenceTensors` gives
 * @param metadata strings to store in the model, such as how images are normalised
 */
export function inferenceModel(
  network: NetworkDescription,
  tensors: ReadonlyMap<string, InferenceTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const initializers = [...tensors].map(([name, { shape, data }]) => constant(name, shape, data));
  const nodes: proto.onnx.INodeProto[] = [];
  const emit = (
    opType: string,
    input: readonly string[],
    output: string,
    attributes: Readonly<Record<string, proto.onnx.IAttributeProto>> = {},
  ) => {
    const attribute = Object.entries(attributes).map(([name, value]) => ({ name, ...value }));
    nodes.push({ opType, name: output, input: [...input], output: [output], attribute });
  };
  const last = network.layers.at(-1)!.name;
  for (const layer of network.layers) {
    const inputs = layer.inputs.map(valueName);
    const output = layer.name === last ? LOGITS : valueName(layer.name);
    const optional = (name: string) => (tensors.has(name) ? [name] : []);
    const weights = [`${layer.name}.weight`, ...optional(`${layer.name}.bias`)];
    switch (layer.type) {
      case 'conv':
        emit('Conv', [...inputs, ...weights], output, window(layer));
        break;
      case 'dense':
        emit('Gemm', [...inputs, ...weights], output, { transB: { type: INT, i: 1 } });
        break;
      case 'batchNorm':
        initializers.push(...missingAffine(layer, tensors));
        emit(
          'BatchNormalization',
          [...inputs, ...['gamma', 'beta', 'mean', 'variance'].map((role) => `${layer.name}.${role}`)],
          output,
          { epsilon: { type: FLOAT_ATTRIBUTE, f: layer.epsilon } },
        );
        break;
      case 'relu':
        emit('Relu', inputs, output);
        break;
      case 'maxPool':
        emit('MaxPool', inputs, output, window(layer));
        break;
      case 'avgPool':
        emit('GlobalAveragePool', inputs, `${output}/plane`);
        emit('Flatten', [`${output}/plane`], output);
        break;
      case 'add':
        emit('Add', inputs, output);
        break;
      case 'flatten':
        emit('Flatten', inputs, output);
        break;
    }
  }
  const model = onnx.ModelProto.create({
    irVersion: 8,
    producerName: 'iterand',
    opsetImport: [{ domain: '', version: 17 }],
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: network.name,
      node: nodes,
      initializer: initializers,
      input: [described(IMAGES, network.inputShape)],
      output: [described(LOGITS, [network.classes])],
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

/** What a layer's output is called: by its name, unless the model's own input or output is. No layer's name holds a slash. */
function valueName(layer: string): string {
  if (layer === INPUT) return IMAGES;
  return layer === IMAGES || layer === LOGITS ? `${layer}/output` : layer;
}

function window({ kernel, stride, padding }: Layer & { kernel: number; stride: number; padding: number }) {
  const ints = (...values: number[]) => ({ type: INTS, ints: values });
  return {
    kernel_shape: ints(kernel, kernel),
    strides: ints(stride, stride),
    pads: ints(padding, padding, padding, padding),
  };
}

/** A norm that is not affine scales by 1 and adds 0; the operator wants both written out. */
function missingAffine({ name, outputShape }: BatchNormLayer, tensors: ReadonlyMap<string, InferenceTensor>) {
  const channels = outputShape[0]!;
  return Object.entries({ gamma: 1, beta: 0 })
    .filter(([role]) => !tensors.has(`${name}.${role}`))
    .map(([role, value]) => constant(`${name}.${role}`, [channels], new Float32Array(channels).fill(value)));
}

function constant(name: string, dims: readonly number[], data: Float32Array): proto.onnx.ITensorProto {
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { name, dataType: FLOAT, dims: [...dims], rawData };
}

function described(name: string, shape: readonly number[]): proto.onnx.IValueInfoProto {
  const dim = [{ dimParam: 'batch' }, ...shape.map((dimValue) => ({ dimValue }))];
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim } } } };
}
