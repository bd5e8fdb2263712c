module bare

go 1.27
