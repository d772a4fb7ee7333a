SELECT count() AS total FROM records FINAL WHERE {{filters}}
