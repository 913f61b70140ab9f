// SPDX-License-Identifier: ISC
// What is going on, from what the page knows: what the dot, the header and the banner show of the
// connection, and which state the status line names. What comes out are names, not words: those are in
// texts/. Where it would change by time alone, it says when to ask again.

import type { State } from './sync';
import type { Trouble } from './trouble';

/** Whether and how we are connected. */
export interface Connection {
  readonly state: State;
  /** Why not, while we are not. */
  readonly trouble: Trouble;
  readonly online: number;
  /** Not by WebSocket, because something on the way refuses those. */
  readonly slower: boolean;
}

export interface Times {
  readonly now: number;
  /** Since when the state is of its kind, and somebody looks: what passes while the tab is hidden is not
   * counted. */
  readonly since: number;
  /** The close code that ended the connection; further attempts may fail with others. */
  readonly lostBy: number;
  /** This page was live once. */
  readonly everLive: boolean;
}

export type Dot = 'starting' | 'catching' | 'live' | 'slower' | 'lost';

export type People =
  | { readonly kind: 'connecting' | 'offline' | 'catching' | 'slower' }
  | { readonly kind: 'here'; readonly count: number };

export interface Banner {
  readonly why: 'lost' | 'never' | Exclude<Trouble, 'unreachable'>;
  /** Until the next attempt; 0: it is under way. */
  readonly seconds: number;
}

export interface Shown {
  readonly dot: Dot;
  readonly people: People;
  readonly banner: Banner | null;
  /** When it has to be asked again though nothing happened, in milliseconds; Infinity: not at all. */
  readonly again: number;
}

/** Catching up is not worth a word before. */
const CATCHING_MS = 1_000;
/** A connection that is back within this time is not reported as lost. */
const LOST_MS = 1_000;
/** The same when the server announced the end by its close code: it is mostly back at once. */
const ANNOUNCED_MS = 3_000;
const ANNOUNCED = [1011, 1012, 4001];
const SECOND = 1_000;

export function shownOf({ state, trouble, online, slower }: Connection, { now, since, lostBy, everLive }: Times): Shown {
  const lasted = now - since;
  const here: People = slower ? { kind: 'slower' } : { kind: 'here', count: online };
  switch (state.kind) {
    case 'starting':
      return { dot: 'starting', people: { kind: 'connecting' }, banner: null, again: Infinity };
    case 'live':
      return { dot: slower ? 'slower' : 'live', people: here, banner: null, again: Infinity };
    case 'catching': {
      const said = lasted >= CATCHING_MS;
      const people: People = said ? { kind: 'catching' } : everLive ? here : { kind: 'connecting' };
      return { dot: 'catching', people, banner: null, again: said ? Infinity : CATCHING_MS - lasted };
    }
    case 'lost': {
      const quiet = ANNOUNCED.includes(lostBy) ? ANNOUNCED_MS : LOST_MS;
      if (lasted < quiet) {
        const people: People = everLive ? here : { kind: 'connecting' };
        return { dot: 'catching', people, banner: null, again: quiet - lasted };
      }
      const left = state.retryAt === null ? 0 : Math.max(0, state.retryAt - now);
      const seconds = Math.ceil(left / SECOND);
      const why = trouble === 'unreachable' ? (everLive ? 'lost' : 'never') : trouble;
      // The next whole second.
      const again = left > 0 ? left % SECOND || SECOND : Infinity;
      return { dot: 'lost', people: { kind: 'offline' }, banner: { why, seconds }, again };
    }
  }
}

/** Who we are for the server, by the page's clock. */
export type Standing =
  /** Nothing is needed, or it is there. */
  | { readonly kind: 'known' }
  | { readonly kind: 'asking' }
  /** Computing, as the server wants to see. */
  | { readonly kind: 'working'; readonly since: number }
  /** Somebody else gives identities here. */
  | { readonly kind: 'signin' }
  /** Too many of this network: not before `until`. */
  | { readonly kind: 'later'; readonly until: number }
  | { readonly kind: 'failed' };

export interface Drawing {
  readonly now: number;
  /** The log takes no edits just now. */
  readonly readonly: boolean;
  /** A moderator has paused drawing. */
  readonly frozen: boolean;
  readonly standing: Standing;
  /** Who is nobody may draw all the same, as one of the network's. */
  readonly anybody: boolean;
  /** The page came by https, or from this machine. */
  readonly secure: boolean;
  /** Own pixels wait longer for the log than they should. */
  readonly overdue: boolean;
}

/** What keeps us from drawing, each with what ends it. */
export type Held =
  /** Until the server can write its log again. */
  | { readonly kind: 'readonly' }
  /** Until a moderator ends it. */
  | { readonly kind: 'frozen' }
  /** Until one has signed in, which loads the page anew. */
  | { readonly kind: 'signin' }
  /** Until the browser has done the work. */
  | { readonly kind: 'checking' }
  /** Until this time has passed. */
  | { readonly kind: 'later'; readonly ms: number }
  /** Until the next attempt, which comes by itself. */
  | { readonly kind: 'failed' }
  /** Until the page is opened by https. */
  | { readonly kind: 'insecure' }
  /** Until the server answers, or the connection is found to be lost. */
  | { readonly kind: 'overdue' };

/** Proof of work may take so long without a word. */
const QUIET_MS = 1_000;

export function heldOf(d: Drawing): { readonly held: Held | null; readonly again: number } {
  if (d.readonly) return { held: { kind: 'readonly' }, again: Infinity };
  if (d.frozen) return { held: { kind: 'frozen' }, again: Infinity };
  const who = d.anybody ? { held: null, again: Infinity } : standingHeld(d);
  if (who.held) return who;
  return { held: d.overdue ? { kind: 'overdue' } : null, again: who.again };
}

function standingHeld({ standing, now, secure }: Drawing): { held: Held | null; again: number } {
  switch (standing.kind) {
    case 'signin':
      return { held: { kind: 'signin' }, again: Infinity };
    case 'failed':
      return { held: { kind: secure ? 'failed' : 'insecure' }, again: Infinity };
    case 'working': {
      const lasted = now - standing.since;
      if (lasted < QUIET_MS) return { held: null, again: QUIET_MS - lasted };
      return { held: { kind: 'checking' }, again: Infinity };
    }
    case 'later': {
      const ms = Math.max(0, standing.until - now);
      return { held: { kind: 'later', ms }, again: ms > 0 ? ms % SECOND || SECOND : Infinity };
    }
    default:
      return { held: null, again: Infinity };
  }
}
