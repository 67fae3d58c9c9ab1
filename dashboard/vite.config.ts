import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** Where `npm run dev` finds a gateway; the built dashboard is served by the gateway itself. */
const gateway = 'http://127.0.0.1:8080'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // What the licences of the packages in it ask to be passed on.
    license: { fileName: 'THIRD-PARTY.md' },
    target: 'es2023',
    // The gateway's content security policy allows no data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Changes only with its version, so that a new dashboard does not fetch it again.
            {
              name: 'framework',
              test: /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-)?(router|query|history|store)[^/]*)\//,
            },
            // What at least three screens share, instead of thirty small files.
            { name: 'shared', minShareCount: 3, test: /node_modules|src\/(ui|lib|api|shell|features)\// },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': gateway, '/openapi.json': gateway, '/connector.schema.json': gateway } },
})
