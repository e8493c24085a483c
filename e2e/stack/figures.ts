// What a test measured, for people: said while it runs, and kept in its report.
import { test } from '@playwright/test';

const short = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(3)) : value;

export function figures(row: string, measured: Readonly<Record<string, unknown>>): void {
  const description = JSON.stringify(measured, short);
  test.info().annotations.push({ type: 'figures', description });
  console.log(`${row}: ${description}`);
}
