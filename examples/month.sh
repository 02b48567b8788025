#!/bin/sh
# The end of a month, for cron: appraise the managers, print the sheets, keep a backup and an anchor.
# Usage: month.sh 2016-03 FOLDER      (CM_DB names the store)
set -eu
month=$1 folder=$2
umask 077
mkdir -p "$folder"
cm store check                                                  # nothing is printed from a store that is not whole
cm appraise run --month "$month" -q
cm report appraisal --month "$month" -o "$folder/appraisal-$month.xlsx" -q
cm report visits --month "$month" -o "$folder/visits-$month.csv" -q
cm diary gaps --month "$month" --count -o "$folder/gaps-$month.csv" -q
cm store backup "$folder/cm-$month.db" -q
cm journal head >> "$folder/heads.tsv"
