// Reads a PDF from standard input, as those do who hear it: only what is part of its structure; and what it says of itself, as JSON.
import { buffer } from 'node:stream/consumers';
import { getDocumentProxy } from 'unpdf';

const pdf = await getDocumentProxy(new Uint8Array(await buffer(process.stdin)));
const roles = new Set();
const see = ({ role, children = [] }) => {
  if (role) roles.add(role);
  children.forEach(see);
};
const pages = [];
for (let number = 1; number <= pdf.numPages; number++) {
  const page = await pdf.getPage(number);
  see((await page.getStructTree()) ?? {});
  const { items } = await page.getTextContent({ includeMarkedContent: true });
  const open = [];
  const [tagged, others] = [[], []];
  for (const item of items) {
    if (item.type?.startsWith('beginMarkedContent')) open.push(item.tag);
    else if (item.type === 'endMarkedContent') open.pop();
    else (open.length > 0 && !open.includes('Artifact') ? tagged : others).push(item.str);
  }
  pages.push({ tagged: tagged.join(' '), others: others.join(' ') });
}
const { info, metadata } = await pdf.getMetadata();
const attachments = Object.entries((await pdf.getAttachments()) ?? {}).map(([name, { content }]) => [
  name,
  Buffer.from(content).toString('utf8'),
]);
const titles = (outline) => (outline ?? []).flatMap(({ title, items }) => [title, ...titles(items)]);
const said = {
  pages,
  roles: [...roles],
  info,
  pdfa: [metadata?.get('pdfaid:part'), metadata?.get('pdfaid:conformance')],
  raw: metadata?.getRaw?.(),
  mark: await pdf.getMarkInfo(),
  outline: titles(await pdf.getOutline()),
  attachments: Object.fromEntries(attachments),
};
process.stdout.write(JSON.stringify(said));
