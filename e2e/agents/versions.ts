// The agents that are tested for real, one line each: a new version of a program is a change of its line.
export const packages = {
  claude: '@anthropic-ai/claude-code@2.1.197',
  codex: '@openai/codex@0.169.0',
  gemini: '@google/gemini-cli@0.61.0',
  opencode: 'opencode-ai@1.18.33',
  qwen: '@qwen-code/qwen-code@0.24.4',
  copilot: '@github/copilot@1.0.102',
  pi: '@mariozechner/pi-coding-agent@0.73.1',
} as const;

export type AgentName = keyof typeof packages;
