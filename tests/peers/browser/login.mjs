// A person at a real browser: Debian's Chromium, without a window, from an authorization URL through
// the provider's login and consent to the last page on loopback.
//
//   node login.mjs URL [SCREENSHOT-PREFIX]
//
// Prints one line of JSON, {final, title, text}, and leaves PREFIX-1.png, PREFIX-2.png, … of every page.
// `CHROMIUM` names another browser, `LOGIN` another person, `WIDTH` and `SCHEME` (light or dark) shape
// the page.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [url, prefix] = process.argv.slice(2);
if (!url) {
  console.error('usage: node login.mjs URL [SCREENSHOT-PREFIX]');
  process.exit(2);
}

const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
const browser = await chromium.launch({
  executablePath,
  args: [
    '--headless',
    '--no-sandbox', // the sandbox refuses to work for root
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});

let pages = 0;
const photograph = async (page) => {
  pages += 1;
  if (prefix) await page.screenshot({ path: `${prefix}-${pages}.png`, fullPage: true, animations: 'disabled' });
};

// Sends the form and returns when another page has taken its place.
const submit = async (page) => {
  await photograph(page);
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('button[type=submit]')]);
};

try {
  const page = await browser.newPage({
    viewport: { width: Number(process.env.WIDTH ?? 1200), height: 800 },
    colorScheme: process.env.SCHEME ?? 'light',
  });
  page.setDefaultTimeout(20_000);
  await page.goto(url, { waitUntil: 'load' });
  if (await page.locator('input[name=login]').count()) {
    await page.fill('input[name=login]', process.env.LOGIN ?? 'ada');
    await page.fill('input[name=password]', 'any');
    await submit(page);
  }
  if (await page.locator('input[name=prompt][value=consent]').count()) await submit(page);
  // The callback answers only when the token exchange is over, and then sends the browser on.
  await page.waitForURL((address) => address.pathname === '/done', { waitUntil: 'load' });
  await page.locator('body :visible').first().waitFor();
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished)));
  await photograph(page);
  const [title, text] = [await page.title(), await page.innerText('body')];
  console.log(JSON.stringify({ final: page.url(), title, text }));
} finally {
  await browser.close();
}
