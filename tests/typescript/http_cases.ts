/** Does what the table in tests/cases/http.json asks for. */
type Inputs = { do: string; text?: string; data?: Record<string, unknown> };

export async function executePlugin(inputs: Inputs, context: object): Promise<unknown> {
  switch (inputs.do) {
    case 'fail':
      return { success: false, error: inputs.text };
    case 'raise':
      throw new Error(inputs.text);
    case 'outputs':
      return { success: true, outputs: inputs.data ?? null };
    case 'say':
      console.log(inputs.text);
      return { success: true, outputs: { result: null } };
    case 'context':
      return { success: true, outputs: { result: { ...context, signal: undefined } } };
    default:
      return { success: true, outputs: { result: inputs } };
  }
}
