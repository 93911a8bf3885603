import { composeWebhook } from '../notice-composition.ts';
import { noticeHandler } from '../notice-handler.ts';
import { observability } from '../observability.ts';

export const handler = noticeHandler(composeWebhook(process.env), observability('notify'));
