// Which settings a search shows, by topic. Pure.
import { settingTopics, type SettingTopic, type ShownSetting } from '@roundhouse/protocol';

export interface SettingsFilter {
  readonly text: string;
  /** Only what somebody has set. */
  readonly onlySet: boolean;
}

export interface TopicGroup {
  readonly topic: SettingTopic;
  readonly items: readonly ShownSetting[];
}

/** Every word must stand in it somewhere. */
export function groupSettings(
  items: readonly ShownSetting[],
  { text, onlySet }: SettingsFilter,
): TopicGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = items.filter(
    (item) => (!onlySet || item.isSet) && words.every((word) => wordsOf(item).includes(word)),
  );
  return settingTopics
    .map((topic) => ({ topic, items: shown.filter((item) => item.topic === topic) }))
    .filter((group) => group.items.length > 0);
}

const wordsOf = ({ name, key, help, value }: ShownSetting): string =>
  [name, key, help, value].join('\n').toLowerCase();

/** `/etc/roundhouse/roundhouse.yaml:12` as file and line; null when it is no such place. */
export function placeOf(from: string | null): { file: string; line: string } | null {
  const [, file, line] = /([^/]+):(\d+)$/.exec(from ?? '') ?? [];
  return file === undefined || line === undefined ? null : { file, line };
}
