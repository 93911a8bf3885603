import { API_RULES } from './api.ts';
import { ATHENA_RULES } from './athena.ts';
import { EVENT_RULES } from './events.ts';
import { FUNCTION_RULES } from './functions.ts';
import { LIMIT_RULES } from './limits.ts';
import { PERMISSION_RULES } from './permissions.ts';
import { QUEUE_RULES } from './queues.ts';
import type { Rule } from './rule.ts';
import { STORAGE_RULES } from './storage.ts';
import { WATCHING_RULES } from './watching.ts';

/** Everything that is asserted of a stage. */
export const RULES: readonly Rule[] = [
  ...STORAGE_RULES,
  ...QUEUE_RULES,
  ...FUNCTION_RULES,
  ...PERMISSION_RULES,
  ...EVENT_RULES,
  ...API_RULES,
  ...ATHENA_RULES,
  ...WATCHING_RULES,
  ...LIMIT_RULES,
];
