// A command to run elsewhere, in the sunken grey of code, with its copy button.
import { CopyButton } from './copy-button.js';

export interface CommandBlockProps {
  command: string;
  /** Names the block and its copy button: "Copy the podman command". */
  label: string;
}

export function CommandBlock({ command, label }: CommandBlockProps) {
  return (
    <div className="relative min-w-0 rounded-sm border border-line-2 bg-bg-sunken">
      <pre
        tabIndex={0}
        className="min-w-0 px-3.5 py-3 pr-24 font-mono text-12 leading-[1.6] [overflow-wrap:anywhere] whitespace-pre-wrap text-term-fg"
      >
        {command}
      </pre>
      <div className="absolute top-2 right-2">
        <CopyButton text={command} label={label} />
      </div>
    </div>
  );
}
