// The navigation table: a page is one line. Rail, bottom bar, palette and `g …` shortcuts follow it.
import {
  ChartNoAxesColumn,
  Grid2x2,
  LayoutDashboard,
  ScrollText,
  Server,
  Settings,
  type LucideIcon,
} from 'lucide-react';
import type { PlainKey } from '../../lib/i18n/t.js';

export interface NavEntry {
  readonly to: '/' | '/grid' | '/analytics' | '/hosts' | '/profiles' | '/settings';
  readonly label: PlainKey;
  readonly icon: LucideIcon;
  readonly keys: string;
  /** Other paths that belong to this page. */
  readonly under?: string;
  /** On a phone it stands in the menu "More" rather than in the bar. */
  readonly inMore?: boolean;
}

export const navigation: readonly NavEntry[] = [
  { to: '/', label: 'shell.fleet', icon: LayoutDashboard, keys: 'g f', under: '/sessions/' },
  { to: '/grid', label: 'shell.grid', icon: Grid2x2, keys: 'g g' },
  { to: '/analytics', label: 'shell.usage', icon: ChartNoAxesColumn, keys: 'g u' },
  { to: '/hosts', label: 'shell.hosts', icon: Server, keys: 'g h' },
  { to: '/profiles', label: 'shell.profiles', icon: ScrollText, keys: 'g p' },
  { to: '/settings', label: 'shell.settings', icon: Settings, keys: 'g s', inMore: true },
];
