import { STYLE } from '@penumbra/report/style';
import { render } from 'preact';
import { App } from './app.tsx';
import './page.css';

// The report's style is the page's; a constructed sheet needs no inline style, which the policy forbids.
const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);
document.adoptedStyleSheets = [sheet];

const root = document.getElementById('page');
if (root) render(<App />, root);
