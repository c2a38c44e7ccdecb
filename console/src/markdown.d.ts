/** A guide as the build makes it of its Markdown (console/guides.mjs). */
declare module '*.md' {
  const guide: import('./features/help/markdown').Block;
  export default guide;
}
