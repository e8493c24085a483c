// The launchd property list of a daemon as text. Pure.
import type { ServicePlan } from './service-plan.js';

const label = 'roundhouse.daemon';

/** AbandonProcessGroup is launchd's word for leaving keepers and agents alone when the daemon is stopped. */
export function launchdPlist({ command, environment, logFile }: ServicePlan): string {
  const body = [
    key('Label', text(label)),
    key('ProgramArguments', array(command)),
    key('EnvironmentVariables', dict(environment)),
    key('RunAtLoad', '<true/>'),
    key('KeepAlive', '<dict><key>SuccessfulExit</key><false/></dict>'),
    key('ThrottleInterval', '<integer>30</integer>'),
    key('AbandonProcessGroup', '<true/>'),
    key('ExitTimeOut', '<integer>15</integer>'),
    key('StandardErrorPath', text(logFile)),
  ];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...body.map((line) => `  ${line}`),
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

const escaped = (word: string): string =>
  word.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const text = (word: string): string => `<string>${escaped(word)}</string>`;
const key = (name: string, value: string): string => `<key>${escaped(name)}</key>${value}`;
const array = (words: readonly string[]): string => `<array>${words.map(text).join('')}</array>`;
const dict = (entries: readonly (readonly [string, string])[]): string =>
  `<dict>${entries.map(([name, value]) => key(name, text(value))).join('')}</dict>`;
