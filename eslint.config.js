import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

const sources = ['engine/**/*.ts', 'server/**/*.ts', 'data/**/*.ts', 'bench/**/*.ts', 'scripts/**/*.ts'];

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'engine/kernels/assembly/**', 'engine/kernels/generated/**', 'coverage/**'] },
  {
    files: [...sources, 'test/**/*.ts'],
    languageOptions: { parser: tseslint.parser },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'prefer-const': 'error',
      eqeqeq: 'error',
      'no-var': 'error',
    },
  },
  {
    files: ['engine/**/*.ts', 'server/**/*.ts', 'data/**/*.ts'],
    ignores: ['**/*.test.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin, jsdoc },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      'jsdoc/require-jsdoc': ['error', { publicOnly: true, require: { FunctionDeclaration: true, ClassDeclaration: true } }],
    },
  },
  { files: ['vitest.config.ts'], rules: { 'no-restricted-exports': 'off' } },
);
