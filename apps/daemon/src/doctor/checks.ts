// DATA: what the doctor of a daemon looks at.
import { commonChecks, error, warning, type Check, type Complaint } from '@roundhouse/kit';
import { negotiate, protocolVersions } from '@roundhouse/protocol';
import type { DaemonFacts } from './facts.js';

/** The first with everything that worktrees here need. */
const gitMin = [2, 31] as const;

function lookAtGit({ git }: DaemonFacts): Complaint[] {
  if (git === null) return [error('git cannot be run')];
  const [, major, minor] = /(\d+)\.(\d+)/.exec(git) ?? [];
  if (major === undefined || minor === undefined) return [];
  const old = Number(major) < gitMin[0] || (Number(major) === gitMin[0] && Number(minor) < gitMin[1]);
  return old ? [warning(`git is ${major}.${minor}`)] : [];
}

function lookAtPort({ otlp, running }: DaemonFacts): Complaint[] {
  if (otlp === null || running || otlp.state === 'free') return [];
  const found = `127.0.0.1:${String(otlp.port)} is ${otlp.state}`;
  return otlp.explicit ? [error(`${found}: sessions would start without telemetry`)] : [];
}

function lookAtPrograms({ programs }: DaemonFacts): Complaint[] {
  if (programs === null) return [];
  if (programs.length > 0 && programs.every(({ found }) => !found))
    return [error('No agent of any profile is installed')];
  return programs
    .filter(({ found, own }) => own && !found)
    .map(({ profile, program }) => warning(`The program of profile ${profile} is not there: ${program}`));
}

export const daemonChecks: readonly Check<DaemonFacts>[] = [
  ...commonChecks,
  {
    id: 'registration',
    doc: 'This machine is registered, or has a join token.',
    fix: 'Take a new command from the Hosts page: its JOIN_TOKEN registers this machine.',
    look: ({ registration, hasJoinToken, hub }) => {
      // Without settings nobody knows about the token.
      if (registration === 'good' || hasJoinToken || hub === null) return [];
      return [error(registration === 'missing' ? 'This machine is not registered' : 'host.json is damaged')];
    },
  },
  {
    id: 'hub',
    doc: 'The hub answers at HUB_URL, and its certificate is trusted.',
    fix: 'See that the hub runs, that HUB_URL is its address from here, and that no firewall or proxy stands between.',
    look: ({ hub }) => (hub?.failure ? [error(`${hub.url}: ${hub.failure}`)] : []),
  },
  {
    id: 'hub-ready',
    doc: 'The hub is ready: its database, migrations and disk.',
    fix: 'Run node apps/hub doctor where the hub runs.',
    look: ({ hub }) => (hub && !hub.failure && !hub.ready ? [warning(`${hub.url} is not ready`)] : []),
  },
  {
    id: 'hub-version',
    doc: 'Hub and daemon have a protocol in common.',
    fix: 'Update the older of the two to the version of the other, then restart it: agents live on.',
    look: ({ hub }) => {
      if (!hub?.protocol || negotiate(protocolVersions, hub.protocol) !== null) return [];
      const said = ({ min, max }: { min: number; max: number }) => `${String(min)} to ${String(max)}`;
      return [error(`The hub speaks protocol ${said(hub.protocol)}, this daemon ${said(protocolVersions)}`)];
    },
  },
  {
    id: 'otlp-port',
    doc: 'The port of OTLP_PORT is free, or a daemon has it.',
    fix: 'Stop the other program, set OTLP_PORT to another port, or to 0 for any.',
    look: lookAtPort,
  },
  {
    id: 'otlp-forward',
    doc: 'The collector of OTLP_FORWARD_URL answers.',
    fix: 'Start the collector, or correct OTLP_FORWARD_URL.',
    look: ({ forward }) => (forward?.failure ? [warning(`${forward.url}: ${forward.failure}`)] : []),
  },
  {
    id: 'project-roots',
    doc: 'The directories of PROJECTS_ROOT are there and can be read.',
    fix: 'Correct PROJECTS_ROOT, mount the directory, or let the user that runs the daemon read it.',
    look: ({ roots }) =>
      roots.filter(({ readable }) => !readable).map(({ path }) => warning(`${path} cannot be read`)),
  },
  {
    id: 'profiles',
    doc: 'Every profile can be read.',
    fix: 'Correct the file that is named; docs/profiles.md has the form, npm run profiles:check tries it.',
    look: ({ profileProblems }) => profileProblems.map((problem) => error(problem)),
  },
  {
    id: 'agents',
    doc: 'The program of each profile of your own is there, and that of one profile at least.',
    fix: 'Install the agent, or put its directory on the PATH of the daemon.',
    look: lookAtPrograms,
  },
  {
    id: 'git',
    doc: `git is there, version ${gitMin.join('.')} or newer.`,
    fix: 'Install git, and put it on the PATH of the daemon.',
    look: lookAtGit,
  },
  {
    id: 'keeper-host',
    doc: 'With ROUNDHOUSE_KEEPERS=apart, a keeper host answers that this daemon can use; otherwise there is none.',
    fix: 'Start the container of the keepers, then that of the daemon with the options of docs/hosts.md (Keepers apart).',
    look: ({ keeperHost }) => (keeperHost === null ? [] : [error(keeperHost)]),
  },
  {
    id: 'keepers',
    doc: 'Each session that runs has its keeper.',
    fix: 'Start the daemon: it tells the hub, and the session can be resumed. Its output is kept.',
    look: ({ keepers }) =>
      keepers
        .filter(({ alive }) => !alive)
        .map(({ sessionId }) => warning(`Session ${sessionId} ran, but its keeper is gone`)),
  },
  {
    id: 'sockets',
    doc: 'Each keeper has its socket.',
    fix: 'Stop the session: its terminal cannot be reached any more. Keep cleaners of temporary files off the directory.',
    look: ({ keepers }) =>
      keepers
        .filter(({ alive, socket }) => alive && !socket)
        .map(({ sessionId }) => error(`The socket of session ${sessionId} is gone`)),
  },
  {
    id: 'worktrees',
    doc: 'Each worktree in the journal is there and belongs to a session.',
    fix: 'git worktree list in its project shows it: save what you need, then git worktree remove, or prune if it is gone.',
    look: ({ worktrees }) =>
      worktrees.flatMap(({ path, there, session }) => {
        if (!there) return [warning(`The worktree ${path} is gone, but was not removed by Roundhouse`)];
        return session ? [] : [warning(`The worktree ${path} belongs to no session`)];
      }),
  },
];
