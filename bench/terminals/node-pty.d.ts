// The part of node-pty that the yardsticks use; the package declares its types under its unaliased name.
declare module 'node-pty' {
  export interface IPty {
    readonly pid: number;
    onData(listener: (bytes: Buffer) => void): void;
    write(text: string): void;
    pause(): void;
    resume(): void;
    kill(signal: string): void;
  }

  export function spawn(
    file: string,
    args: string[],
    options: { cols: number; rows: number; encoding: null; env: NodeJS.ProcessEnv },
  ): IPty;
}
