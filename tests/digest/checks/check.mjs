// What html-validate and caniemail's data find in pages, as JSON: node check.mjs FOLDER PAGE.html...
// FOLDER holds node_modules. One object for each page: {html: [texts], programs: [{feature, level, clients}]}.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder, ...pages] = process.argv.slice(2);
const require = createRequire(join(folder, 'package.json'));
const { caniemail } = require('caniemail');
const { HtmlValidate, StaticConfigLoader } = require('html-validate');

// Mail programs need what the web has left behind: styles in elements, tables for layout and their attributes.
const validator = new HtmlValidate(new StaticConfigLoader({
  extends: ['html-validate:recommended'],
  rules: {
    'no-inline-style': 'off',
    'no-deprecated-attr': 'off',
    'presentation-role-style': 'off',
    'no-trailing-whitespace': 'off',
    'prefer-native-element': 'off', // Outlook does not know <main>
  },
}));

const found = {};
for (const page of pages) {
  const html = readFileSync(page, 'utf8');
  const report = await validator.validateString(html, page);
  const messages = report.results.flatMap((each) => each.messages);
  const programs = new Map();
  const { issues } = caniemail({ clients: ['gmail.*', 'outlook.*', 'apple-mail.*'], html });
  for (const [level, byClient] of [['unsupported', issues.errors], ['partial', issues.warnings]]) {
    for (const [client, features] of byClient) {
      for (const { title } of features) {
        const key = `${level} ${title}`;
        if (!programs.has(key)) programs.set(key, { feature: title, level, clients: new Set() });
        programs.get(key).clients.add(client);
      }
    }
  }
  found[page] = {
    html: messages.map(({ line, ruleId, message }) => `line ${line}, ${ruleId}: ${message}`),
    programs: [...programs.values()].map((each) => ({ ...each, clients: [...each.clients].sort() })),
  };
}
process.stdout.write(JSON.stringify(found));
