/** ONNX's numbers of the element types. */
export const ELEMENT = { float32: 1, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof ELEMENT;

/** A value in a graph: an input, a constant or a node's output. Its shape is static. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
}

/** An attribute that is a float even where its value is an integer. */
export interface FloatAttribute {
  readonly float: number;
}
export type Attribute = number | string | readonly number[] | FloatAttribute;

/** What changes where a graph is carried out several times in one run. */
export interface Repetition {
  /** By input: the output that takes its place the next time. */
  readonly carried: ReadonlyMap<string, string>;
  /** Inputs that are stacks, [count, ...]: each time takes its own. */
  readonly stacked: ReadonlySet<string>;
}
