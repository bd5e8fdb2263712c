/** Answers once as many executions as asked for run at the same time, each on a thread of its own. */
import { readdirSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';

type Inputs = { settings: { folder: string; number: number } };

export async function executePlugin({ settings: { folder, number } }: Inputs): Promise<unknown> {
  writeFileSync(`${folder}/${threadId}`, '');
  while (readdirSync(folder).length < number) await setTimeout(20);
  return { success: true, outputs: { result: threadId } };
}
