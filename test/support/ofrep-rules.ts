import { Ajv2020 } from 'ajv/dist/2020.js';

// The rules of OFREP 0.3 in our words, apart from the server's own description of itself.

const scalar = { type: ['string', 'number', 'boolean'] };
const metadata = { type: 'object', additionalProperties: scalar };
const success = {
  type: 'object',
  required: ['key', 'reason'],
  properties: {
    key: { type: 'string' },
    reason: { enum: ['STATIC', 'TARGETING_MATCH', 'SPLIT', 'DISABLED', 'UNKNOWN'] },
    variant: { type: 'string' },
    value: { type: ['string', 'number', 'boolean', 'object'] },
    metadata,
  },
  not: { required: ['errorCode'] },
};
const codes = ['PARSE_ERROR', 'TARGETING_KEY_MISSING', 'INVALID_CONTEXT', 'GENERAL'];
const failure = (errorCodes: readonly string[], required: readonly string[]) => ({
  type: 'object',
  required: [...required, 'errorCode'],
  properties: {
    key: { type: 'string' },
    errorCode: { enum: errorCodes },
    errorDetails: { type: 'string' },
  },
});
const bulk = {
  type: 'object',
  required: ['flags'],
  properties: {
    flags: { type: 'array', items: { oneOf: [success, failure([...codes, 'FLAG_NOT_FOUND'], ['key'])] } },
    metadata,
  },
};

const ajv = new Ajv2020({ strict: false });
const rules = {
  single: {
    200: ajv.compile(success),
    404: ajv.compile(failure(['FLAG_NOT_FOUND'], ['key'])),
    else: ajv.compile(failure(codes, ['key'])),
  },
  bulk: {
    200: ajv.compile(bulk),
    404: ajv.compile(failure(codes, [])),
    else: ajv.compile(failure(codes, [])),
  },
};

/** Throws where an answer of an evaluation is not what OFREP, or what its JavaScript providers, ask for. */
export function checkOfrep(
  kind: 'single' | 'bulk',
  { status, headers, text }: { readonly status: number; readonly headers: Headers; readonly text: string },
): void {
  const fail = (what: string): never => {
    throw new Error(`OFREP ${kind} ${status}: ${what}; the body is ${text}`);
  };
  const statuses =
    kind === 'bulk' ? [200, 304, 400, 401, 403, 413, 429, 500] : [200, 400, 401, 403, 404, 413, 429, 500];
  if (!statuses.includes(status)) fail('there is no such status');
  if (kind === 'bulk' && (status === 200 || status === 304) && !headers.get('etag')) fail('there is no ETag');
  if (status === 429 && !headers.get('retry-after')) fail('there is no Retry-After');
  if (status === 304) {
    if (text !== '') fail('there is to be no body');
    return;
  }
  if (!/^application\/json\b/.test(headers.get('content-type') ?? '')) fail('it is not JSON');
  const body: unknown = JSON.parse(text);
  const validate = status === 200 || status === 404 ? rules[kind][status] : rules[kind].else;
  if (!validate(body)) fail(ajv.errorsText(validate.errors));
}
