/** One hostile input, and what must come of it: a clear error that matches, or exactly this result. */
export interface HostileCase {
  readonly name: string;
  readonly run: () => unknown;
  readonly expect: { readonly error: RegExp } | { readonly result: unknown };
}

/** Deeply nested JSON text, `depth` lists or objects in each other. */
export const nested = (depth: number, open = '[', close = ']', inside = ''): string =>
  `${open.repeat(depth)}${inside}${close.repeat(depth)}`;

/** Texts that somebody may smuggle into a page, a spreadsheet, a terminal, a path or a query. */
export const SMUGGLED: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</style><script>alert(1)</script>',
  '</title><script>alert(1)</script>',
  '<!--<script>alert(1)//-->',
  'javascript:alert(1)',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<a href="https://evil.example">x</a>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '=HYPERLINK("https://evil.example","x")',
  '+cmd|" /C calc"!A0',
  '@SUM(1+1)*cmd|" /C calc"!A0',
  '\u001b[2J\u001b[31mred',
  '\u202egnp.exe',
  '../../../../etc/passwd',
  '..\\..\\windows\\system32',
  "'; DROP TABLE log; --",
  `\${7*7}{{7*7}}`,
  'nul\u0000byte',
];
