// Opens a report of `tieline test` from its file in Debian's Chromium: light, dark, on a phone, on paper.
//
//   node open.mjs FILE PREFIX
//
// Prints one line of JSON, {title, closed, opened, requests, errors, overflow}: whether the first step was
// closed before a click and open after it, what was asked of the network, what the console complained of,
// and whether anything is wider than the page. PREFIX-light.png and so on are left behind.
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [file, prefix] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const browser = await chromium.launch({ executablePath, args });
const seen = { requests: [], errors: [], overflow: [] };

const open = async (name, colorScheme, width) => {
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  page.on('request', (request) => request.url().startsWith('file:') || seen.requests.push(request.url()));
  page.on('console', (message) => seen.errors.push(message.text()));
  page.on('pageerror', (error) => seen.errors.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) seen.overflow.push(name);
  await page.screenshot({ path: `${prefix}-${name}.png`, fullPage: true, animations: 'disabled' });
  return page;
};

const page = await open('light', 'light', 1200);
const step = page.locator('details:not([open])').first();
const handle = await step.elementHandle();
seen.closed = !(await handle.evaluate((details) => details.open));
await step.locator('summary').click();
seen.opened = await handle.evaluate((details) => details.open && details.querySelector('pre').checkVisibility());
await page.screenshot({ path: `${prefix}-opened.png`, fullPage: true, animations: 'disabled' });
seen.title = await page.title();
await open('dark', 'dark', 1200);
await open('phone', 'dark', 390);
await page.emulateMedia({ media: 'print' });
await page.screenshot({ path: `${prefix}-paper.png`, fullPage: true });
await browser.close();
console.log(JSON.stringify(seen));
