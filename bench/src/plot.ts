import type { Measured } from './table.ts';

const COLORS: Readonly<Record<string, string>> = {
  penumbra: '#4b3fa7',
  'duckdb-natural': '#c28f2c',
  'duckdb-hash': '#e0bd74',
  polars: '#3d8f8a',
  naive: '#9a9a9a',
};
const BAR = 16;
const LEFT = 210;
const WIDTH = 520;

/** Rows a second per core as bars, as an SVG that needs nothing else. */
export function plotOf(measured: readonly Measured[]): string {
  const rate = ({ rows, cpuSeconds }: Measured) => rows / cpuSeconds;
  const most = Math.max(...measured.map(rate));
  const bars = measured.map((one, index) => {
    const y = 34 + index * (BAR + 5);
    const width = (rate(one) / most) * WIDTH;
    return `<text x="${LEFT - 8}" y="${y + 12}" text-anchor="end">${one.rows / 1e6} M ${one.format} ${one.contender}</text>
<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${COLORS[one.contender] ?? '#666'}"/>
<text x="${(LEFT + width + 6).toFixed(1)}" y="${y + 12}">${(rate(one) / 1e6).toFixed(2)}</text>`;
  });
  const height = 44 + measured.length * (BAR + 5);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LEFT + WIDTH + 60}" height="${height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>
<text x="8" y="20" font-weight="bold">Million rows a second per core</text>
${bars.join('\n')}
</svg>
`;
}
