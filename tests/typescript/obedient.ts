/** Does what its inputs ask for, so that a test can see what the server makes of it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

type Inputs = {
  do: string;
  value?: unknown;
  seconds: number;
  password?: string;
};

const kept: string[] = [];
const success = (result: unknown): object => ({ success: true, outputs: { result } });

export async function setup(): Promise<void> {
  await setTimeout(1000 * Number(process.env['SETUP_SECONDS'] ?? 0));
  if (!process.env['AT_IMPORT']?.startsWith('slow')) return;
  console.log('importing');
  await setTimeout(4000);
}

export async function executePlugin(inputs: Inputs, context: object): Promise<unknown> {
  const { value, seconds } = inputs;
  switch (inputs.do) {
    case 'return value':
      return success(value ?? null);
    case 'return inputs':
      return success(inputs);
    case 'return context':
      return success({ ...context, signal: undefined });
    case 'return raw':
      return value;
    case 'return large':
    case 'large':
      await setTimeout(Number(value ?? 0) * 1000);
      return success('x'.repeat(seconds));
    case 'sleep':
      console.log('sleeping');
      await setTimeout(seconds * 1000);
      return success('slept');
    case 'wait for a file':
      while (!existsSync(String(value))) await setTimeout(10);
      return success('waited');
    case 'block':
      spawnSync('sleep', [String(seconds)], { stdio: 'ignore' });
      return success('blocked');
    case 'raise':
      throw new Error(`ValueError: ${value}`);
    case 'print':
      console.log(value);
      console.error('to stderr');
      process.stdout.write('without a line end');
      return success('printed');
    case 'say':
      process.stdout.write(`${value}\n`);
      return success('said');
    case 'print in a thread':
      setImmediate(() => console.log(value));
      return success('printed');
    case 'dots':
      for (let dot = 0; dot < 100_000; dot += 1) process.stdout.write('.');
      return success('dotted');
    case 'environment':
      console.log(process.env[String(value)]);
      return success(process.env[String(value)]?.trim());
    case 'keep':
      kept.push(String(inputs.password));
      return success('kept');
    case 'tell':
      console.log(kept.at(-1));
      return success(kept.at(-1) ?? null);
    default:
      return { success: false, error: `unknown: ${inputs.do}` };
  }
}
