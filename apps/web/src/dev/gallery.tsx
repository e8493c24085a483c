// Every primitive on one page, for the eye. Development only: no route leads here and the build leaves it out.
import { Boxes, GitBranch, MoreHorizontal, Play, Plus, Search, Trash2 } from 'lucide-react';
import { StrictMode, useState, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../lib/api-error.js';
import type { StatusKind } from '../lib/status.js';
import { Avatar } from '../ui/avatar.js';
import { Badge, Chip, Count } from '../ui/badge.js';
import { Banner, Callout } from '../ui/banner.js';
import { Button } from '../ui/button.js';
import { Card, PanelHead } from '../ui/card.js';
import { Checkbox } from '../ui/checkbox.js';
import { Combobox } from '../ui/combobox.js';
import { CommandBlock } from '../ui/command-block.js';
import { ConfirmDialog } from '../ui/confirm-dialog.js';
import { Dialog } from '../ui/dialog.js';
import { DropdownMenu, MenuItem, MenuLabel, MenuSeparator } from '../ui/dropdown-menu.js';
import { EmptyState } from '../ui/empty-state.js';
import { ErrorNote } from '../ui/error-note.js';
import { ErrorState } from '../ui/error-state.js';
import { Field } from '../ui/field.js';
import { IconButton } from '../ui/icon-button.js';
import { Input, PasswordInput } from '../ui/input.js';
import { Kbd } from '../ui/kbd.js';
import { Brand } from '../ui/mark.js';
import { ContextMeter, Meter } from '../ui/meter.js';
import { Money } from '../ui/money.js';
import { Popover } from '../ui/popover.js';
import { RadioGroup } from '../ui/radio-group.js';
import { Countdown, Elapsed, RelativeTime } from '../ui/relative-time.js';
import { Segmented } from '../ui/segmented.js';
import { Select } from '../ui/select.js';
import { Sheet } from '../ui/sheet.js';
import { Skeleton, SkeletonGroup } from '../ui/skeleton.js';
import { SparkLine } from '../ui/spark-line.js';
import { StateGlyph, Status } from '../ui/state-glyph.js';
import { Switch } from '../ui/switch.js';
import { Tabs } from '../ui/tabs.js';
import { Textarea } from '../ui/textarea.js';
import { Toaster, toast } from '../ui/toast.js';
import { TokenCount } from '../ui/token-count.js';
import '../ui/app.css';

const kinds: readonly StatusKind[] = [
  'queued',
  'starting',
  'running',
  'working',
  'waiting',
  'idle',
  'rate-limited',
  'error',
  'stopping',
  'exited',
  'crashed',
  'failed',
  'lost',
  'interrupted',
  'unknown',
  'online',
  'unreachable',
  'offline',
  'pending',
  'done',
  'busy',
  'todo',
];
const failure = new ApiError('HOST_UNREACHABLE', {
  message: 'dev-01 is not connected',
  hint: 'Wait until its daemon is back, or start it.',
});
const projects = Array.from({ length: 400 }, (_, i) => ({
  value: `p${i}`,
  label: i === 0 ? 'payments-api' : `project-${i}`,
  detail: `~/src/project-${i}`,
  ...(i === 3 ? { disabled: true, disabledReason: 'not installed on dev-01' } : {}),
}));
const values = [3, 5, 4, 8, 6, 9, 5, 4, 7, 10, 6, 5, 8];
const started = Date.now();
const panel = new URLSearchParams(location.search).get('open');
document.documentElement.dataset['theme'] = new URLSearchParams(location.search).get('theme') ?? 'dark';

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="mb-6 min-w-0">
    <h2 className="mb-2 text-12 text-text-3">{title}</h2>
    <div className="flex min-w-0 flex-wrap items-center gap-3">{children}</div>
  </section>
);

function Forms() {
  const [agent, setAgent] = useState('new');
  const [on, setOn] = useState(true);
  const [project, setProject] = useState<string | null>('p0');
  const [task, setTask] = useState('Add a dead-letter queue for webhooks');
  return (
    <div className="grid w-full gap-4 sm:grid-cols-2">
      <Field label="Name" hint="Shown in lists">
        {(control) => <Input {...control} placeholder="dev-01" />}
      </Field>
      <Field label="Branch" error="There is no such branch. Choose an existing one.">
        {(control) => <Input {...control} mono defaultValue="agent/webhook" />}
      </Field>
      <Field label="Password" aside={<span className="text-ok">Strong</span>}>
        {(control) => <PasswordInput {...control} size="lg" defaultValue="correct horse" />}
      </Field>
      <Field label="Project">
        {(control) => (
          <Combobox
            {...control}
            label="Project"
            options={projects}
            value={project}
            onValueChange={setProject}
            monoDetail
          />
        )}
      </Field>
      <Field label="Task" aside="Optional first prompt">
        {(control) => (
          <Textarea {...control} value={task} onChange={(event) => setTask(event.target.value)} />
        )}
      </Field>
      <Field label="Size">
        {(control) => (
          <Select
            {...control}
            value={agent}
            onValueChange={setAgent}
            options={[
              { value: 'new', label: '120 × 34' },
              { value: 'resume', label: '80 × 24' },
            ]}
          />
        )}
      </Field>
      <RadioGroup
        label="Start"
        value={agent}
        onValueChange={setAgent}
        options={[
          { value: 'new', label: 'Start new' },
          { value: 'resume', label: 'Resume last', detail: '“Webhook retries”, 2 h ago' },
        ]}
      />
      <div className="grid gap-3">
        <Checkbox
          checked={on}
          onCheckedChange={setOn}
          label="Isolate in a git worktree"
          hint="On, because two agents already work in payments-api"
        />
        <Switch checked={on} onCheckedChange={setOn} label="Follow output" />
      </div>
    </div>
  );
}

function Overlays() {
  const [open, setOpen] = useState(panel);
  const set = (name: string) => (next: boolean) => setOpen(next ? name : null);
  return (
    <>
      <Button onClick={() => setOpen('dialog')}>Dialog</Button>
      <Button onClick={() => setOpen('confirm')}>Confirm</Button>
      <Button onClick={() => setOpen('sheet')}>Sheet</Button>
      <Button onClick={() => toast.error(failure)}>Toast</Button>
      <Popover label="Size" trigger={<Button>Popover</Button>}>
        A small surface
      </Popover>
      <DropdownMenu
        trigger={
          <IconButton label="More">
            <MoreHorizontal />
          </IconButton>
        }
      >
        <MenuLabel>Session</MenuLabel>
        <MenuItem icon={<Play />} onSelect={() => toast.done('Resumed')} keys={['R']}>
          Resume
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 />} tone="danger" onSelect={() => undefined}>
          Delete session
        </MenuItem>
      </DropdownMenu>
      <Dialog
        open={open === 'dialog'}
        onOpenChange={set('dialog')}
        title="Spawn a session"
        strip={<span className="mono">claude --continue</span>}
        footerNote="Permission mode ask before edits"
        footer={
          <>
            <Button variant="ghost">Cancel</Button>
            <Button variant="primary" keys={['⌘', '⏎']}>
              Spawn
            </Button>
          </>
        }
      >
        <Forms />
        <ErrorNote error={failure} />
      </Dialog>
      <ConfirmDialog
        open={open === 'confirm'}
        onOpenChange={set('confirm')}
        title="Remove host"
        description="Its sessions are stopped and its history is deleted. Files on the machine stay."
        confirmLabel="Remove host"
        typeToConfirm="dev-01"
        onConfirm={() => Promise.reject(failure)}
      />
      <Sheet open={open === 'sheet'} onOpenChange={set('sheet')} title="Keyboard shortcuts">
        <Kbd>G</Kbd> then <Kbd>F</Kbd>
      </Sheet>
    </>
  );
}

function Gallery() {
  const [view, setView] = useState('podman');
  return (
    <div className="h-full overflow-auto p-6 max-sm:p-4">
      <Section title="Brand">
        <Brand />
        <Avatar name="Mira Kovač" />
        <Kbd>⌘K</Kbd>
      </Section>
      <Section title="Buttons">
        <Button variant="primary" icon={<Plus />} keys={['C']}>
          Spawn
        </Button>
        <Button icon={<Plus />}>Add host</Button>
        <Button variant="ghost">Cancel</Button>
        <Button variant="danger">Stop session</Button>
        <Button size="sm">Deny</Button>
        <Button busy>Saving</Button>
        <Button disabled>Disabled</Button>
        <Button variant="primary" disabled>
          Disabled
        </Button>
        <IconButton label="Search">
          <Search />
        </IconButton>
        <IconButton label="Search" variant="secondary" pressed>
          <Search />
        </IconButton>
      </Section>
      <Section title="States">
        {kinds.map((kind) => (
          <Status key={kind} kind={kind} />
        ))}
      </Section>
      <Section title="In lists">
        <Status kind="working" colour="needs" detail="14 min" />
        <Status kind="waiting" colour="needs" />
        <Status kind="crashed" colour="needs" detail="exit 137" />
        <StateGlyph kind="lost" labelled />
      </Section>
      <Section title="Facts">
        <Badge>Update to 0.9.2</Badge>
        <Badge tone="waiting">Waiting</Badge>
        <Badge tone="danger">Failed</Badge>
        <Badge tone="accent">New</Badge>
        <Count>7</Count>
        <Count waiting>3</Count>
        <Chip on count={14}>
          All
        </Chip>
        <Chip on={false} icon={<StateGlyph kind="waiting" />} count={3}>
          Waiting
        </Chip>
        <Segmented
          label="View"
          value={view}
          onValueChange={setView}
          options={[
            { value: 'podman', label: 'Podman' },
            { value: 'docker', label: 'Docker' },
            { value: 'bare', label: 'Bare' },
          ]}
        />
      </Section>
      <Section title="Numbers">
        <ContextMeter used={71} window={100} />
        <ContextMeter used={83} window={100} />
        <ContextMeter used={12} window={100} />
        <ContextMeter used={5} window={null} />
        <Meter value={0.34} label="CPU" />
        <Meter value={0.7} label="Disk" tone="accent" />
        <SparkLine values={values} />
        <SparkLine values={values} live />
        <SparkLine values={[]} />
        <Money nanos={1_200_000_000} />
        <Money nanos={90_000_000} source="estimated" />
        <Money nanos={4_100_000} />
        <Money nanos={null} />
        <TokenCount value={412_000} />
        <TokenCount value={1_060_000} />
        <TokenCount value={7200} />
        <RelativeTime at={started - 240_000} />
        <Elapsed from={started - 4_320_000} />
        <Countdown until={started + 1_634_000} />
      </Section>
      <More />
      <Toaster />
    </div>
  );
}

function More() {
  const [tab, setTab] = useState('terminal');
  return (
    <>
      <Section title="Forms">
        <Forms />
      </Section>
      <Section title="Overlays">
        <Overlays />
      </Section>
      <Section title="Command">
        <div className="w-full max-w-[560px]">
          <CommandBlock
            label="Copy the command"
            command={
              'podman run -d --name roundhouse \\\n  --restart=unless-stopped \\\n  -e HUB_URL=https://hub.lan:4400 localhost/roundhouse-daemon:0.1.0'
            }
          />
        </div>
      </Section>
      <Section title="Messages">
        <div className="grid w-full gap-3">
          <Banner
            icon="offline"
            title="The connection to the hub is lost"
            action={<Button size="sm">Reconnect now</Button>}
          >
            Agents keep running.
          </Banner>
          <Banner icon="alert" tone="danger" title="The hub refused the live connection" />
          <Callout>Git in a repository can run its own programs. Trust this project once.</Callout>
          <ErrorNote error={failure} />
        </div>
      </Section>
      <Section title="Cards">
        <Card className="w-80 p-3">Card</Card>
        <Card tone="waiting" className="w-80 p-3">
          Waiting
        </Card>
        <Card tone="danger" className="w-80 p-3">
          Crashed
        </Card>
        <Card ghost className="w-80 p-3">
          Offline
        </Card>
        <Card className="w-80">
          <PanelHead title="Panel" end={<GitBranch className="size-3.5" />} />
          <div className="p-4">Body</div>
        </Card>
        <SkeletonGroup className="grid w-80 gap-2">
          <Skeleton className="h-4 w-40" />
          <Skeleton className="h-4 w-64" />
        </SkeletonGroup>
      </Section>
      <div className="flex h-40 flex-col">
        <Tabs
          label="Session"
          value={tab}
          onValueChange={setTab}
          items={[
            { value: 'terminal', label: 'Terminal' },
            { value: 'git', label: 'Git', count: 7 },
            { value: 'events', label: 'Events' },
          ]}
          end="14 min"
        >
          <div className="p-4">{tab}</div>
        </Tabs>
      </div>
      <EmptyState icon={<Boxes />} title="No host yet" action={<Button variant="primary">Add host</Button>}>
        Run one command on the machine that has your projects.
      </EmptyState>
      <ErrorState error={failure} onRetry={() => undefined} />
    </>
  );
}

const root = document.getElementById('root');
if (root)
  createRoot(root).render(
    <StrictMode>
      <Gallery />
    </StrictMode>,
  );
