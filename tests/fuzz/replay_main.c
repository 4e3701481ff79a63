/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for libFuzzer's main(): feeds every file of the folders and files on the command line
 * to the target once. Options (-runs=0) are libFuzzer's and passed over.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned int replayed;

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (!f) {
		perror(path);
		return 1;
	}
	if (fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) ||
		!(data = malloc(size + 1)) || fread(data, 1, size, f) != (size_t)size) {
		fprintf(stderr, "%s: can't be read\n", path);
		fclose(f);
		free(data);
		return 1;
	}
	fclose(f);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	replayed++;
	return 0;
}

static int replay_folder(const char *folder)
{
	struct dirent *entry;
	char path[4096];
	DIR *dir = opendir(folder);
	int bad = 0;

	if (!dir) {
		perror(folder);
		return 1;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		bad |= replay_file(path);
	}
	closedir(dir);
	return bad;
}

int main(int argc, char **argv)
{
	struct stat st;
	int bad = 0;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		bad |= stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode) ? replay_folder(argv[i])
								      : replay_file(argv[i]);
	}
	if (!replayed) {
		fprintf(stderr, "no seed was replayed\n");
		return 1;
	}
	return bad;
}
