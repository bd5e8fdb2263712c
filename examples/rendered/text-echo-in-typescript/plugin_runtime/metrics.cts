/** Counters of one process, in the Prometheus text format (version 0.0.4). */
import type { Manifest, Outcome } from './types.cts';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';
const OUTCOMES: Outcome[] = ['success', 'failed', 'invalid', 'busy', 'timeout', 'unavailable'];
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]; // seconds

/** Counts of executions by outcome, their durations, secrets and lost lines. */
class Metrics {
  redactions = 0;
  droppedLines = 0;
  readonly #manifest: Manifest;
  readonly #started = performance.now();
  readonly #outcomes = new Map<Outcome, number>(OUTCOMES.map((outcome) => [outcome, 0]));
  readonly #buckets: number[] = Array.from({ length: BUCKETS.length + 1 }, () => 0);
  #seconds = 0;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
  }

  /** Count one request to the endpoint: its outcome and how long it took in seconds. */
  count(outcome: Outcome, seconds: number): void {
    this.#outcomes.set(outcome, (this.#outcomes.get(outcome) ?? 0) + 1);
    const found = BUCKETS.findIndex((bound) => seconds <= bound);
    const bucket = found < 0 ? BUCKETS.length : found;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#seconds += seconds;
  }

  /** The whole page; `gauges` are further values, as name: [help, value]. */
  render(gauges: Record<string, [string, number]>): string {
    const lines = [
      '# HELP plugin_executions_total Requests to the endpoint by outcome.',
      '# TYPE plugin_executions_total counter',
      ...[...this.#outcomes].map(
        ([outcome, count]) => `plugin_executions_total{outcome="${outcome}"} ${count}`,
      ),
      '# HELP plugin_execution_duration_seconds Time from request to answer.',
      '# TYPE plugin_execution_duration_seconds histogram',
    ];
    let total = 0;
    for (const [index, count] of this.#buckets.entries()) {
      total += count;
      const bound = BUCKETS[index];
      const le = bound === undefined ? '+Inf' : Number.isInteger(bound) ? bound.toFixed(1) : String(bound);
      lines.push(`plugin_execution_duration_seconds_bucket{le="${le}"} ${total}`);
    }
    lines.push(
      `plugin_execution_duration_seconds_sum ${this.#seconds.toFixed(6)}`,
      `plugin_execution_duration_seconds_count ${total}`,
      '# HELP plugin_redactions_total Places in which a secret was replaced.',
      '# TYPE plugin_redactions_total counter',
      `plugin_redactions_total ${this.redactions}`,
      '# HELP plugin_log_lines_dropped_total Log lines dropped because nothing read stdout.',
      '# TYPE plugin_log_lines_dropped_total counter',
      `plugin_log_lines_dropped_total ${this.droppedLines}`,
    );
    const uptime: [string, number] = ['Seconds since the start.', (performance.now() - this.#started) / 1000];
    for (const [name, [help, value]] of Object.entries({ ...gauges, plugin_uptime_seconds: uptime }))
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, `${name} ${value}`);
    const { id, version } = this.#manifest;
    lines.push(
      '# HELP plugin_build_info The plugin and its runtime.',
      '# TYPE plugin_build_info gauge',
      `plugin_build_info{plugin_id="${id}",version="${version}",node_version="${process.versions.node}"} 1`,
    );
    return `${lines.join('\n')}\n`;
  }
}

const api = { CONTENT_TYPE, Metrics };

export type { Metrics };
export type Api = typeof api;
module.exports = api;
