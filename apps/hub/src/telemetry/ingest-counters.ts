// What this process has taken in since it started, for /metrics.
import { Injectable } from '@nestjs/common';

@Injectable()
export class IngestCounters {
  #facts = 0;
  #rows = 0;

  facts(count: number): void {
    this.#facts += count;
  }

  rows(count: number): void {
    this.#rows += count;
  }

  get factsApplied(): number {
    return this.#facts;
  }

  get rowsWritten(): number {
    return this.#rows;
  }
}
