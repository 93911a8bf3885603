import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';

interface Operation {
  readonly responses: Readonly<Record<string, ResponseObject>>;
}
interface ResponseObject {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
export interface OpenApiDocument {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: object;
}

export interface CheckedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Checks answers against an OpenAPI document: status, content type, promised headers, and the body's schema. */
export function openApiCheck(document: OpenApiDocument): (answer: CheckedAnswer) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  // The module is CommonJS: its function is the default export of the default export.
  (ajvFormats as unknown as (ajv: Ajv2020) => void)(ajv);
  ajv.addSchema({ ...document, $id: 'openapi' });
  const compiled = new Map<string, ValidateFunction>();
  const validator = (pointer: string) => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  const templates = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }));

  return ({ method, path, status, headers, text }) => {
    const where = `${method} ${path} → ${status}`;
    const fail = (what: string) => {
      throw new Error(`${where}: ${what}; the body is ${text.slice(0, 500)}`);
    };
    const [pathname = ''] = path.split('?');
    // The longest: a fixed ending says more than a placeholder.
    const template = templates
      .filter(({ pattern }) => pattern.test(pathname))
      .map((each) => each.template)
      .sort((a, b) => b.length - a.length)[0];
    const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
    if (template === undefined || !operation) return;
    const response = operation.responses[String(status)];
    if (!response) return fail('the document knows no such status');
    for (const [name, { required }] of Object.entries(response.headers ?? {})) {
      if (required && !headers.has(name)) fail(`the header ${name} is missing`);
    }
    if (!response.content) return text === '' ? undefined : fail('there is to be no body');
    const type = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    if (!response.content[type]) fail(`the content type is ${type}`);
    const encoded = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
    const pointer = [
      'paths',
      template,
      method.toLowerCase(),
      'responses',
      String(status),
      'content',
      type,
      'schema',
    ];
    const validate = validator(`/${pointer.map(encoded).join('/')}`);
    if (!validate(JSON.parse(text))) fail(ajv.errorsText(validate.errors?.slice(0, 5)));
  };
}
