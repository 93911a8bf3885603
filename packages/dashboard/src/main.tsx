import { STYLE } from '@penumbra/report/style';
import { render } from 'preact';
import { App } from './app.tsx';
import './page.css';

// The report's style is the page's, below what the page has beside it. A constructed sheet needs no inline style.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`@layer report { ${STYLE} }`);
document.adoptedStyleSheets = [sheet];

const root = document.getElementById('page');
if (root) render(<App />, root);
