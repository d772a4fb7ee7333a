case_key IN {{cases}}
